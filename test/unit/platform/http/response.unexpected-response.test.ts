import { describe, expect, test } from '@jest/globals';
import type { Send } from '../../../../src/platform/http/send.js';
import { fakeSend, type FakeResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aUser } from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { createUser } from '../../../support/program/cli.js';

const env = {
  TPKS_API: 'https://pks.test',
  TPKS_USERNAME: 'cody',
  TPKS_PASSWORD: 'pass-word',
};

function tpks(
  words: readonly string[],
  answer: FakeResponse,
  tokenAnswer: FakeResponse = { body: tokenBody },
) {
  const send: Send = (request) =>
    fakeSend(request.url.endsWith('/oauth/token') ? tokenAnswer : answer).send(request);
  return createUser().tpks([...words, '--non-interactive'], { env, send });
}

const user = aUser({ meta: { version: 0 }, emails: [{ value: 'a@b' }] });
const page = (resource: unknown) => ({ body: { resources: [resource], totalResults: 1 } });

describe('an invalid response is reported with its field', () => {
  test.each<[string, readonly string[], FakeResponse, RegExp]>([
    [
      'an invalid signing key',
      ['uaa', 'token', 'decode', jwt({ user_name: 'cody' })],
      { body: { keys: [{ kty: 'RSA', kid: 'key-1', value: 'not a key' }] } },
      /invalid public key: value of the key key-1 cannot be read/,
    ],
    [
      'a signing key without its parts',
      ['uaa', 'token', 'decode', jwt({ user_name: 'cody' })],
      { body: { keys: [{ kty: 'RSA', kid: 'key-1', n: 1 }] } },
      /invalid public key: n or e of the key key-1/,
    ],
    [
      'a token record with a date out of range',
      ['uaa', 'token', 'list', '--client', 'ci'],
      {
        body: [
          ...[{ tokenId: 't', clientId: 'ci', format: 'JWT', responseType: 'ID_TOKEN' }].map(
            (record) => ({ ...record, issuedAt: 0, expiresAt: 1e300 }),
          ),
        ],
      },
      /returned an invalid token record \(expiresAt: /,
    ],
    [
      'half of a surrogate pair as an id',
      ['uaa', 'user', 'update', 'cody', '--given_name', 'Cody'],
      page({ ...user, id: '\ud800' }),
      /returned an invalid user \(id: /,
    ],
  ])('if it contains %s', async (_name, words, answer, expected) => {
    const { code, stdout, stderr } = await tpks(words, answer);
    expect({ code, stdout, stderr }).toEqual({
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(expected),
    });
  });

  test.each([
    ['ends early', '[{"name":"a"}'],
    ['continues after its end', '[{"name":"a"}] and more'],
    ['has an item that is not an object', '[{"name":"a"},7]'],
    ['has a cluster without a name', '[{"name":"a"},{}]'],
    ['has a malformed cluster', '[{"name":"a"},{"name":}]'],
    ['is nested too deeply', `[{"name":"a"},{"a":${'['.repeat(10_000)}`],
  ])('if it is a list that %s, and nothing is printed', async (_problem, body) => {
    const { code, stdout, stderr } = await tpks(['clusters', '-o', 'name'], { body });
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).not.toMatch(/at .*\(|Internal tpks error/);
  });

  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  test.each([
    [['clusters'], nested],
    [['cluster', 'dev-1', '--json'], `{"name":"dev-1","more":${nested}}`],
    [['uaa', 'users', '--json'], `{"resources":[{"id":"1","more":${nested}}],"totalResults":1}`],
  ])('if it contains 100,000 nested brackets, by %j', async (words, body) => {
    const { code, stderr } = await tpks(words, { body });
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringMatching(
        /did not send a valid response: the JSON has|returned an invalid list/,
      ),
    });
  });
});

test.each([
  ['broken JSON', '{"name":'],
  ['a web page', '<html></html>'],
  ['a value of the wrong type', { name: 1 }],
  ['a list instead of an object', []],
])('tpks wait stops after five responses with %s', async (_content, body) => {
  const { send, requests } = fakeSend({ body });
  const result = await createUser().tpks(['wait', 'dev-1'], {
    env,
    clock: fixedClock(),
    send: (request) =>
      request.url.endsWith('/oauth/token')
        ? fakeSend({ body: tokenBody }).send(request)
        : send(request),
  });
  expect({ code: result.code, polls: requests.length }).toEqual({ code: 5, polls: 5 });
});

test.each([
  ['delete-cluster', 'dev-1'],
  ['resize', 'dev-1', '--num-nodes', '2'],
  ['delete-network-profile', 'np'],
  ['delete-quota', 'dana'],
  ['uaa', 'token', 'revoke', '--client', 'ci'],
])('a login page of a portal is not a success of %s %s', async (...words) => {
  const { code, stdout, stderr } = await tpks(words, { body: '<html>Please sign in</html>' });
  expect({ code, stdout, stderr }).toEqual({
    code: 5,
    stdout: '',
    stderr: expect.stringContaining('a web page instead of JSON'),
  });
});

describe('unusual claims of a token', () => {
  test.each([
    { scope: { a: 1 } },
    { scope: [{ toString: 1 }] },
    { iat: 1e300, exp: -1e300 },
    { iat: 8e12, exp: -8e12 },
    { user_name: { a: 1 }, client_id: [] },
  ])(
    'do not cause an internal error in a login or in the display of the token: %j',
    async (claims) => {
      const accessToken = jwt({ user_name: 'cody', user_id: '1', origin: 'uaa', ...claims });
      const login = await createUser().tpks(
        ['login', '-a', 'https://pks.test', '-u', 'cody', '-p', 'pass-word', '--store', 'file'],
        { send: fakeSend({ body: { token_type: 'bearer', access_token: accessToken } }).send },
      );
      expect(login.stderr).not.toContain('Internal tpks error');
      expect(
        await tpks(['uaa', 'token', 'decode', '--no-verify', accessToken], { status: 404 }),
      ).toMatchObject({ code: 0 });
    },
  );
});
