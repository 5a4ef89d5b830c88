import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { pipeInto } from '../support/spawned.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/front.js';
import { largeUaa, pagesOf } from '../support/large-uaa.js';
import { createMemoryReport, maximumRatio } from '../support/memory-report.js';

const user = createUser();
const memory = createMemoryReport(user);
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

/** Pipes the output into a shell command, so that no process holds all of it. */
function pipeUaa(words: readonly string[], into: string): Promise<TpksResult> {
  return user.spawn(['uaa', ...words], {
    through: pipeInto(into),
    env: { ...front.adminEnv, ...memory.env },
    limitSeconds: 60,
  });
}

/** The start indexes of all pages of a list. */
const pageStarts = (count: number) =>
  Array.from({ length: count / 500 }, (_, index) => index * 500 + 1);

const lists: [words: string, path: string, key: string][] = [
  ['users', '/Users', 'userName'],
  ['groups', '/Groups', 'displayName'],
  ['clients', '/oauth/clients', 'client_id'],
];

describe.each(lists)('uaa %s', (words, path, key) => {
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

  test('--json needs no more memory for 100,000 entries than for 1000', async () => {
    const measureMemory = async (count: number): Promise<number> => {
      setListSize(count);
      const { code, stdout, stderr } = await pipeUaa([words, '--json'], `grep -c '"${key}"'`);
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: `${String(count)}\n`,
        stderr: '',
      });
      expect(pagesOf(front.uaa.requests, path)).toEqual(pageStarts(count));
      return memory.kibibytes();
    };
    const [few, many] = [await measureMemory(1000), await measureMemory(100_000)];
    expect(many / few).toBeLessThan(maximumRatio);
  }, 120_000);

  test('--json | head -1 requests only the first page', async () => {
    setListSize(100_000);
    expect(await pipeUaa([words, '--json'], 'head -1')).toMatchObject({ code: 0, stdout: '[\n' });
    expect(pagesOf(front.uaa.requests, path)).toEqual([1]);
  });
});
