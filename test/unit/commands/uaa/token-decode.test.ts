import { describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { decodeToken } from '../../../../src/commands/uaa/token/decode.js';
import { TpksError } from '../../../../src/errors.js';
import type { LoadUaaResource } from '../../../../src/services/uaa.js';
import { createTokenCheck, type TokenCheck } from '../../../../src/uaa/tokens/check-token.js';
import { createTokenKeys, type TokenKeys } from '../../../../src/uaa/tokens/token-keys.js';
import { fakeResources } from '../../../support/fake-resources.js';
import { createServerClock } from '../../../../src/server-clock.js';
import { fixedClock } from '../../../support/fixed-clock.js';
import { jwt } from '../../../support/jwt.js';
import { machine as tokenMachine, uaa, type Setup } from './token-machine.js';
import { aSession, aUserContext } from '../../../support/fixtures.js';

const end = Date.parse('2026-11-25T11:00:00Z') / 1000;
const token = jwt({ user_name: 'cody', scope: ['openid', 'x'], exp: end });
const context = aUserContext({ name: 'cody@a' });

function machine(
  setup: Setup & { readonly invalid?: TpksError; readonly clockOffset?: number } = {},
) {
  const { deps, terminal } = tokenMachine(setup);
  const asked: unknown[] = [];
  const serverClock = createServerClock(fixedClock());
  if (setup.clockOffset !== undefined) serverClock.setStoredOffset(setup.clockOffset);
  const answer = <T>(question: unknown, value: T): T => {
    asked.push(question);
    if (setup.invalid !== undefined) throw setup.invalid;
    return value;
  };
  return {
    terminal,
    asked,
    deps: {
      ...deps,
      clock: fixedClock(),
      serverClock,
      publicUaaResource: async <T>(load: LoadUaaResource<T>, target: { readonly uaa: string }) => {
        const keys: TokenKeys = {
          verify: async (text) => answer({ keysOf: target.uaa, text }, 'key-1'),
        };
        const check: TokenCheck = {
          check: async (text, { clientId, clientSecret }) =>
            answer(
              {
                checkAt: target.uaa,
                text: text.reveal(),
                client: clientId,
                secret: clientSecret.reveal(),
              },
              { client_id: 'cf', exp: end, user_name: 'cody', revocable: true },
            ),
        };
        const fakes = fakeResources([
          [createTokenKeys, keys],
          [createTokenCheck, check],
        ]);
        return fakes(load);
      },
    },
  };
}
const verifying = { verify: true };

describe('uaa token decode', () => {
  test('verifies by the keys of the target', async () => {
    const { deps, asked, terminal } = machine({ stdin: token });
    await decodeToken({ token: '-', ...verifying }, deps);
    expect(asked).toEqual([{ keysOf: uaa, text: token }]);
    expect(terminal.notes).toEqual([`Valid token signature (verified with key key-1 of ${uaa})`]);
    expect(terminal.json).toEqual([{ user_name: 'cody', scope: ['openid', 'x'], exp: end }]);
    expect(terminal.lines.join('\n')).toContain('2026-11-25T11:00:00Z (in 1 h)');
    expect(terminal.warnings).toEqual([]);
  });

  test('judges the end by the server’s clock, and says how far the local one is off', async () => {
    const { deps, terminal } = machine({ stdin: token, clockOffset: 7200 });
    await decodeToken({ token: '-', ...verifying }, deps);
    expect(terminal.warnings).toEqual([
      "the token expired at 2026-11-25T11:00:00Z (1 h ago); this machine's clock was 2 h behind " +
        "the server's when the token was issued",
    ]);
  });

  test('takes the token of the context, fresh or not', async () => {
    const { deps, asked } = machine({ context, session: { ...aSession(), accessToken: token } });
    await decodeToken(verifying, deps);
    expect(asked).toEqual([{ keysOf: uaa, text: token }]);
  });

  test('verifies by a key that is given', async () => {
    const { deps, asked, terminal } = machine();
    const unsigned = jwt({ exp: end }, { alg: 'HS256' }).split('.').slice(0, 2).join('.');
    const signature = createHmac('sha256', 's3cret').update(unsigned).digest('base64url');
    await decodeToken({ token: `${unsigned}.${signature}`, key: 's3cret', ...verifying }, deps);
    expect(asked).toEqual([]);
    expect(terminal.notes).toEqual([
      'Valid token signature (verified with the given shared secret)',
    ]);
  });

  test('asks the UAA as a client, opaque tokens too', async () => {
    const { deps, asked, terminal } = machine({ stdin: 'opaque\n' });
    await decodeToken({ token: '-', client: 'pks_client', secret: 's3cret', ...verifying }, deps);
    expect(asked).toEqual([
      { checkAt: uaa, text: 'opaque', client: 'pks_client', secret: 's3cret' },
    ]);
    expect(terminal.notes).toEqual([`Valid token according to ${uaa}`]);
    expect(terminal.json).toMatchObject([{ user_name: 'cody', revocable: true }]);
  });

  test('--no-verify says that it does not, and asks nobody', async () => {
    const { deps, asked, terminal } = machine();
    await decodeToken({ token, verify: false }, deps);
    expect(asked).toEqual([]);
    expect(terminal.notes).toEqual(['The signature was not verified']);
  });

  test('without a target it reads all the same, and says so', async () => {
    const { deps, terminal } = machine({ settings: {} });
    await decodeToken({ token, ...verifying }, deps);
    expect(terminal.notes).toEqual(['Note: no key given to validate token signature']);
  });

  test('a signature that does not fit shows nothing', async () => {
    const invalid = new TpksError('failed', 'not valid');
    const { deps, terminal } = machine({ invalid });
    await expect(decodeToken({ token, ...verifying }, deps)).rejects.toBe(invalid);
    expect(terminal.json).toEqual([]);
  });

  test('an opaque token needs the UAA', async () => {
    const { deps } = machine();
    await expect(decodeToken({ token: 'opaque', ...verifying }, deps)).rejects.toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('-c CLIENT'),
    });
  });

  test('a token that has ended is told as one', async () => {
    const { deps, terminal } = machine({ stdin: jwt({ exp: end - 7200 }) });
    await decodeToken({ token: '-', ...verifying }, deps);
    expect(terminal.warnings).toEqual(['the token expired at 2026-11-25T09:00:00Z (1 h ago)']);
  });

  test('an empty token is none', async () => {
    const { deps } = machine({ stdin: '\n' });
    await expect(decodeToken({ token: '-', ...verifying }, deps)).rejects.toMatchObject({
      kind: 'usage',
    });
  });
});
