import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { verifySessions } from '../../../../src/domain/import/importer.js';
import { parseFile } from '../../../../src/domain/import/old-files.js';
import type { OldSession } from '../../../../src/domain/import/old-session.js';
import { planContexts } from '../../../../src/domain/import/plan-import.js';
import { credsFile, startSeconds } from '../../../support/fixtures/old-cli-files.js';
import { someSettings } from '../../../support/fixtures/selections.js';

const now = new Date(startSeconds * 1000);
const [session] = parseFile(
  { path: 'creds.yml', isStdin: false, content: credsFile() },
  [],
  now,
).sessions;
const late = { result: 'unknown', text: 'the servers did not respond in time' };

type VerifyDeps = Parameters<typeof verifySessions>[1];

function createDeps(changes: Partial<VerifyDeps>): VerifyDeps {
  return {
    now,
    probe: () => Promise.resolve(),
    verifySignature: () => Promise.resolve(),
    deadline: new AbortController().signal,
    ...changes,
  };
}

const verify = async (verified: OldSession, deps: VerifyDeps) =>
  (await verifySessions([verified], deps))[0]?.verification;

describe('verifySessions', () => {
  test('sends the token to the API', async () => {
    const probed: OldSession[] = [];
    const deps = createDeps({
      probe: async (sent) => {
        probed.push(sent);
      },
    });
    expect(await verify(session!, deps)).toMatchObject({ result: 'verified' });
    expect(probed).toEqual([session]);
  });

  test('stops waiting at the deadline', async () => {
    const deps = createDeps({
      probe: () => new Promise(() => undefined),
      deadline: AbortSignal.timeout(10),
    });
    expect(await verify(session!, deps)).toEqual(late);
  });

  test('adds one listener to the deadline for 12 sessions, so that Node prints no warning', async () => {
    const deadline = new AbortController();
    const deps = createDeps({
      probe: () => new Promise(() => undefined),
      deadline: deadline.signal,
    });
    const verified = verifySessions(new Array<OldSession>(12).fill(session!), deps);
    expect(getEventListeners(deadline.signal, 'abort')).toHaveLength(1);
    deadline.abort();
    for (const { verification } of await verified) expect(verification).toEqual(late);
  });

  test('sends no request after the deadline, so that many sessions do not take longer', async () => {
    const deps = createDeps({
      probe: () => Promise.reject(new Error('not reached')),
      deadline: AbortSignal.abort(),
    });
    expect(await verify(session!, deps)).toEqual(late);
  });
});

test('planContexts names no time for a token whose expiry is unknown', async () => {
  const now = new Date(startSeconds * 1000);
  const content = 'api: api.example.com\naccess_token: opaque\n';
  const { sessions } = parseFile({ path: 'creds.yml', isStdin: false, content }, [], now);
  const verification = { result: 'unknown', text: 'skipped' } as const;
  const { contexts, unusable } = await planContexts(
    sessions.map((session) => ({ session, verification })),
    {
      settings: someSettings(),
      now,
      selectStore: () => Promise.resolve('file'),
      readSession: () => Promise.resolve(undefined),
    },
  );
  expect(contexts).toEqual([]);
  expect(unusable).toMatchObject([
    { reason: 'it is unknown when the access token expires, and there is no refresh token' },
  ]);
});
