import { expect, test } from '@jest/globals';
import { readExpiry, type ExpiryDeps } from '../../../../src/domain/expiry/expiry.js';
import type { Settings } from '../../../../src/platform/config/settings.js';
import { fakeSessions } from '../../../support/fakes/fake-sessions.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { memorySettings } from '../../../support/fakes/memory-settings.js';
import {
  adminSettings,
  aSession,
  aUserContext,
  codySettings,
} from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { createCertificates } from '../../../support/servers/certificates.js';
import { startFaultyServer } from '../../../support/servers/faulty-server.js';
import { freePort } from '../../../support/servers/free-port.js';

async function read(start: Partial<Settings>, deps: Partial<ExpiryDeps> = {}) {
  const { rows } = await readExpiry(
    { allContexts: false },
    {
      ...{ env: {}, clock: fixedClock(), milliseconds: 5000, sessions: fakeSessions() },
      readSettings: memorySettings(start).read,
      context: async () => aUserContext({ api: server, uaa: server }),
      listClusters: async () => [],
      listClustersIn: async () => [],
      ...deps,
    },
  );
  return rows;
}

/** No server listens at this address. */
const server = `https://127.0.0.1:${String(await freePort())}`;
const cody = { ...codySettings, uaa: server };
const expiringAt = (time: string) => ({ refreshToken: jwt({ exp: Date.parse(time) / 1000 }) });

test('sorts by date, then unknown dates, then dates that could not be read', async () => {
  const stored = {
    later: aSession(expiringAt('2026-12-25T09:59:59Z')),
    opaque: aSession(),
    soon: aSession(expiringAt('2026-11-26T11:00:00Z')),
    past: aSession({ ...expiringAt('2026-11-25T09:59:59Z'), expiresAt: '2026-11-25T09:00:00Z' }),
    // The access token expires in ten minutes.
    short: aSession({ refreshToken: undefined }),
    secret: aSession({ refreshToken: undefined, clientSecret: 's' }),
  };
  const contexts = {
    ...{ later: cody, opaque: cody, soon: cody, past: cody, short: cody, loggedOut: cody },
    ...{ secret: { ...adminSettings, uaa: server }, other: codySettings },
  };
  const rows = await read({ contexts }, { sessions: fakeSessions({ stored }) });
  expect(rows.map(({ name, daysLeft, note }) => [name, daysLeft, note])).toEqual([
    ['past', -1, null],
    ['short', 0, 'cannot be renewed'],
    ['soon', 1, null],
    ['later', 29, null],
    ['opaque', null, 'the refresh token does not contain its expiry'],
    ['secret', null, 'can be renewed while the client accepts its secret or key'],
    [expect.stringMatching(/^127/), null, null],
    [expect.stringMatching(/^127/), null, null],
    ['clusters of cody@api.example.com', null, null],
  ]);
});

test('lists each stored CA once, with the contexts that use it', async () => {
  const { ca, oldCa } = await createCertificates();
  const rows = await read({
    contexts: { cody: { ...cody, caCert: `${ca.cert}\n${oldCa.cert}` } },
    targets: [{ uaa: server, caCert: ca.cert, skipTlsVerification: false }],
  });
  const cas = rows.filter(({ role }) => role === 'ca');
  expect(cas.map(({ name, note }) => [name, note])).toEqual([
    ['CN=Old CA', 'stored for cody'],
    ['CN=Test CA', `stored for cody, ${new URL(server).host}`],
  ]);
});

test('names the issuer if its certificate expires before that of the server', async () => {
  const { expiredCa, oldCa } = await createCertificates();
  const { origin, close } = await startFaultyServer({
    key: expiredCa.key,
    cert: `${expiredCa.cert}\n${oldCa.cert}`,
  });
  const rows = await read({}, { context: async () => aUserContext({ api: origin, uaa: origin }) });
  await close();
  expect(rows).toHaveLength(2);
  for (const { note } of rows) expect(note).toBe('the issuer certificate CN=Old CA expires first');
});
