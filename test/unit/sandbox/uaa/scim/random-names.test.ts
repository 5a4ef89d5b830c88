import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withBearer } from '../../../../../src/http/bearer.js';
import type { Send } from '../../../../../src/http/send.js';
import { withStatusErrors } from '../../../../../src/http/status-error.js';
import { formatEquals } from '../../../../../src/uaa/list/list-query.js';
import { createUsers } from '../../../../../src/uaa/users.js';
import { toResponse } from '../../../../support/fakes/fake-send.js';
import { createHarness, issuer } from '../harness.js';
import { Secret } from '../../../../../src/secret.js';

/** Text with a special meaning in filters, JSON or SQL, control characters, and plain text. */
const pieces = [
  ...['"', "'", '\\', '\\"', '\\u0022', '%', '_', '*', '(', ')', '[', ']', '/', '?', '&', '#', ';'],
  ...[
    ' or ',
    ' and ',
    ' eq ',
    ' pr',
    '" or userName eq "cody',
    "' or userName eq 'cody",
    '") or (',
  ],
  ...['\0', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e', '\ufeff', '\u200d'],
  // The sandbox replaces unpaired surrogates.
  ...['ä', 'ß', 'İ', 'ı', 'é', 'e\u0301', '日本', '😀', '\ud800\udc00'],
  ...['a', 'b', 'Z', '0', '9', ' ', 'cody', 'alana', 'true', 'null', '2019-03-14T23:34:23.000Z'],
];

const randomName = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 })
  .map((chosen) => chosen.join(''));

test('a filter with a random name finds only that name', async () => {
  const uaa = await createHarness();
  const token = await uaa.clientToken();
  const send: Send = async ({ method, url, headers = {} }) => {
    const { status, body } = await uaa.call(method, url.slice(issuer.length), { headers });
    return toResponse({ status, body });
  };
  const signed = withBearer(send, {
    hosts: [issuer],
    getAccessToken: async () => new Secret(token),
    loginCommand: '',
  });
  const users = createUsers(withStatusErrors(signed), issuer);

  // Every tenth name belongs to a user; users of other origins may have any name.
  const known = new Set(['alana', 'cody']);
  const addUser = async (name: string): Promise<void> => {
    const json = { userName: name, origin: 'ldap', emails: [{ value: 'x@example.com' }] };
    const { status } = await uaa.call('POST', '/Users', { token, json });
    if (status === 201) known.add(name.toLowerCase());
  };
  const find = async (name: string): Promise<readonly string[]> => {
    const found = new Set<string>();
    for (const { userName } of await users.list({ filter: formatEquals('userName', name) })) {
      found.add(userName.toLowerCase());
    }
    return [...found];
  };

  await fc.assert(
    fc.asyncProperty(fc.array(randomName, { minLength: 100, maxLength: 100 }), async (names) => {
      for (const name of names.filter((_name, index) => index % 10 === 0)) await addUser(name);
      for (const name of names.map((text) => text.toLowerCase())) {
        expect(await find(name)).toEqual(known.has(name) ? [name] : []);
      }
    }),
  );
  expect(known.size).toBeGreaterThan(500);
}, 120_000);
