import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  createTokenVerifier,
  type TokenVerifier,
} from '../../../../../src/api/uaa/token-verification.js';
import type { CreateUaaResource } from '../../../../../src/app/resources.js';
import { TpksError } from '../../../../../src/base/errors.js';
import type { Asynchronous } from '../../../../../src/base/lazy.js';
import { decodeToken } from '../../../../../src/commands/uaa/token/decode.js';
import { createServerClock } from '../../../../../src/platform/http/server-clock.js';
import { fakeResources } from '../../../../support/fakes/fake-resources.js';
import { fixedClock } from '../../../../support/fakes/fixed-clock.js';
import { aSession, aUserContext } from '../../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../../support/fixtures/jwt.js';
import { prepareTokenCommand, uaa, type Setup } from '../prepare-token-command.js';

const expiresAt = Date.parse('2026-11-25T11:00:00Z') / 1000;
const token = jwt({ user_name: 'cody', scope: ['openid', 'x'], exp: expiresAt });
const context = aUserContext({ name: 'cody@a' });

/** Creates the dependencies of `decodeToken` and records which requests check the token. */
function prepareDecode(
  setup: Setup & { readonly invalid?: TpksError; readonly clockOffset?: number } = {},
) {
  const { deps, terminal } = prepareTokenCommand(setup);
  const checks: unknown[] = [];
  const serverClock = createServerClock(fixedClock());
  if (setup.clockOffset !== undefined) serverClock.setStoredOffset(setup.clockOffset);
  const recordCheck = <T>(request: unknown, value: T): T => {
    checks.push(request);
    if (setup.invalid !== undefined) throw setup.invalid;
    return value;
  };
  return {
    terminal,
    checks,
    deps: {
      ...deps,
      clock: fixedClock(),
      serverClock,
      publicUaaResource: <T extends Asynchronous<T>>(
        create: CreateUaaResource<T>,
        target: { readonly uaa: string },
      ) => {
        const verifier: Omit<TokenVerifier, 'getSigningKey'> = {
          verify: async (text) => recordCheck({ keysFrom: target.uaa, text }, 'key-1'),
          check: async (text, { clientId, clientSecret }) =>
            recordCheck(
              {
                checkedBy: target.uaa,
                text: text.reveal(),
                client: clientId,
                secret: clientSecret.reveal(),
              },
              { client_id: 'cf', exp: expiresAt, user_name: 'cody', revocable: true },
            ),
        };
        const fakes = fakeResources([[createTokenVerifier, verifier]]);
        return fakes(create);
      },
    },
  };
}
const defaultFlags = { verify: true };

describe('uaa token decode', () => {
  test('verifies the signature with the keys of the target', async () => {
    const { deps, checks, terminal } = prepareDecode({ stdin: token });
    await decodeToken({ token: '-', ...defaultFlags }, deps);
    expect(checks).toEqual([{ keysFrom: uaa, text: token }]);
    expect(terminal.notes).toEqual([`Valid token signature (verified with key key-1 of ${uaa})`]);
    expect(terminal.json).toEqual([{ user_name: 'cody', scope: ['openid', 'x'], exp: expiresAt }]);
    expect(terminal.lines.join('\n')).toContain('2026-11-25T11:00:00Z (in 1 h)');
    expect(terminal.warnings).toEqual([]);
  });

  test("compares the expiry with the server's clock and reports the difference to the local clock", async () => {
    const { deps, terminal } = prepareDecode({ stdin: token, clockOffset: 7200 });
    await decodeToken({ token: '-', ...defaultFlags }, deps);
    expect(terminal.warnings).toEqual([
      "the token expired at 2026-11-25T11:00:00Z (1 h ago); this machine's clock was 2 h behind " +
        "the server's when the token was issued",
    ]);
  });

  test('decodes the token of the context without renewing it', async () => {
    const { deps, checks } = prepareDecode({
      context,
      session: { ...aSession(), accessToken: token },
    });
    await decodeToken(defaultFlags, deps);
    expect(checks).toEqual([{ keysFrom: uaa, text: token }]);
  });

  test('verifies the signature with the given key', async () => {
    const { deps, checks, terminal } = prepareDecode();
    const unsigned = jwt({ exp: expiresAt }, { alg: 'HS256' }).split('.').slice(0, 2).join('.');
    const signature = createHmac('sha256', 's3cret').update(unsigned).digest('base64url');
    await decodeToken({ token: `${unsigned}.${signature}`, key: 's3cret', ...defaultFlags }, deps);
    expect(checks).toEqual([]);
    expect(terminal.notes).toEqual([
      'Valid token signature (verified with the given shared secret)',
    ]);
  });

  test('lets the UAA check an opaque token if a client is given', async () => {
    const { deps, checks, terminal } = prepareDecode({ stdin: 'opaque\n' });
    await decodeToken(
      { token: '-', client: 'pks_client', secret: 's3cret', ...defaultFlags },
      deps,
    );
    expect(checks).toEqual([
      { checkedBy: uaa, text: 'opaque', client: 'pks_client', secret: 's3cret' },
    ]);
    expect(terminal.notes).toEqual([`Valid token according to ${uaa}`]);
    expect(terminal.json).toMatchObject([{ user_name: 'cody', revocable: true }]);
  });

  test('sends no request with --no-verify and reports that the signature was not verified', async () => {
    const { deps, checks, terminal } = prepareDecode();
    await decodeToken({ token, verify: false }, deps);
    expect(checks).toEqual([]);
    expect(terminal.notes).toEqual(['The signature was not verified']);
  });

  test('prints nothing if the signature is invalid', async () => {
    const invalid = new TpksError('failed', 'not valid');
    const { deps, terminal } = prepareDecode({ invalid });
    await expect(decodeToken({ token, ...defaultFlags }, deps)).rejects.toBe(invalid);
    expect(terminal.json).toEqual([]);
  });

  test('rejects an opaque token without a client', async () => {
    const { deps } = prepareDecode();
    await expect(decodeToken({ token: 'opaque', ...defaultFlags }, deps)).rejects.toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('-c CLIENT'),
    });
  });
});
