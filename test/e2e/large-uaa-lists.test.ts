import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';
import { largeUaa, pagesOf } from '../support/servers/large-uaa.js';

const user = createUser();
let front: FaultyInstallation;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
});
afterAll(() => front.close());

/** Makes the UAA return `count` entries for each list. */
function setListSize(count: number): void {
  front.uaa.setBehaviour(largeUaa(count));
  front.uaa.clearRequests();
}

/** The start indexes of all pages of a list. */
const pageStarts = (count: number) =>
  Array.from({ length: count / 500 }, (_, index) => index * 500 + 1);

const lists: [words: string, path: string][] = [
  ['users', '/Users'],
  ['groups', '/Groups'],
  ['clients', '/oauth/clients'],
];

describe.each(lists)('uaa %s', (words, path) => {
  test('shows 1000 entries, each once, with as few requests as the UAA allows', async () => {
    setListSize(1000);
    const { code, stdout, stderr } = await user.tpks(['uaa', words], { env: front.adminEnv });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, ...rows] = stdout.trimEnd().split('\n');
    const names = rows.map((row) => /^\S+/.exec(row)?.[0]);
    const stem = words.slice(0, -1);
    expect(names).toEqual(
      Array.from({ length: 1000 }, (_, index) => `${stem}-${String(index + 1)}`),
    );
    expect(pagesOf(front.uaa.requests, path)).toEqual(pageStarts(1000));
    // The third request fetches the token.
    expect(front.uaa.requests).toHaveLength(3);
  });
});
