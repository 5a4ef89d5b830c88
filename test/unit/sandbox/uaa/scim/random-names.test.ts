import { expect, test } from '@jest/globals';
import { withBearer } from '../../../../../src/http/bearer.js';
import type { Send } from '../../../../../src/http/send.js';
import { withStatusErrors } from '../../../../../src/http/status-error.js';
import { equals } from '../../../../../src/uaa/list/list-query.js';
import { createUsers } from '../../../../../src/uaa/users.js';
import { toResponse } from '../../../../support/fake-send.js';
import { createHarness, issuer } from '../harness.js';

const names = 10_000;

/** Repeatable, so that a name that breaks a filter does so again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Text with a meaning in filters, JSON or SQL, and plain text. */
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
  ...['ä', 'ß', 'İ', 'ı', 'é', 'e\u0301', '日本', '😀', '\ud800', '\udc00'],
  ...['a', 'b', 'Z', '0', '9', ' ', 'cody', 'alana', 'true', 'null', '2019-03-14T23:34:23.000Z'],
];

test('a filter with a random name finds only that name', async () => {
  const uaa = await createHarness();
  const token = await uaa.clientToken();
  const send: Send = async ({ method, url, headers = {} }) => {
    const { status, body } = await uaa.call(method, url.slice(issuer.length), { headers });
    return toResponse({ status, body });
  };
  const signed = withBearer(send, { hosts: [issuer], accessToken: async () => token });
  const users = createUsers(withStatusErrors(signed), issuer);

  const below = randomNumbers(20_261_125);
  const randomName = () =>
    Array.from({ length: 1 + below(6) }, () => pieces[below(pieces.length)] ?? '').join('');
  const all = Array.from({ length: names }, randomName);

  // Every tenth name belongs to a user; users of other origins may have any name.
  const known = new Set<string>();
  for (const name of all.filter((_name, at) => at % 10 === 0)) {
    const json = { userName: name, origin: 'ldap', emails: [{ value: 'x@example.com' }] };
    const { status } = await uaa.call('POST', '/Users', { token, json });
    if (status === 201) known.add(name.toLowerCase());
  }
  expect(known.size).toBeGreaterThan(500);

  const found = new Set<string>();
  for (const name of all) {
    for await (const { userName } of users.list({ filter: equals('userName', name) })) {
      found.add(userName.toLowerCase());
      if (userName.toLowerCase() !== name.toLowerCase()) {
        throw new Error(`${JSON.stringify(name)} found ${JSON.stringify(userName)}`);
      }
    }
  }
  // The server compares names that look like instants as instants.
  const missed = [...known].filter((name) => !found.has(name) && !/^\d+-\d+-\d+t\d/.test(name));
  expect(missed).toEqual([]);
}, 120_000);
