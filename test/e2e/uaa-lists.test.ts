import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/cli.js';
import type { TpksResult } from '../support/headless.js';
import { pipeInto } from '../support/spawned.js';
import { startFront, type Front } from '../support/front.js';
import { nodeOnly } from '../support/node-only.js';
import { largeUaa, pagesOf } from '../support/large-uaa.js';
import { createMemoryReport } from '../support/memory-report.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

const person = createUser();
const memory = createMemoryReport(person);
let sandbox: TestSandbox;
let front: Front;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  front = await startFront(sandbox);
});
afterAll(async () => {
  await front.close();
  await sandbox.close();
});

/** From now on, each list has `count` entries. */
function thereAre(count: number): void {
  front.uaa.behave(largeUaa(count));
  front.uaa.forget();
}

/** Pipes the output into a shell command, so that no process holds all of it. */
function pipeUaa(words: readonly string[], into: string): Promise<TpksResult> {
  return person.spawn(['uaa', ...words], {
    through: pipeInto(into),
    env: { ...front.adminEnv, ...memory.env },
  });
}

/** Starts of all pages of a list. */
const pages = (count: number) => Array.from({ length: count / 500 }, (_, at) => at * 500 + 1);

const lists: [words: string, path: string, key: string][] = [
  ['users', '/Users', 'userName'],
  ['groups', '/Groups', 'displayName'],
  ['clients', '/oauth/clients', 'client_id'],
];

describe.each(lists)('uaa %s', (words, path, key) => {
  test('shows a thousand, each once, in as few requests as the UAA allows', async () => {
    thereAre(1000);
    const { code, stdout, stderr } = await person.tpks(['uaa', words], { env: front.adminEnv });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, ...rows] = stdout.trimEnd().split('\n');
    const names = rows.map((row) => /^\S+/.exec(row)?.[0]);
    const stem = words.slice(0, -1);
    expect(names).toEqual(Array.from({ length: 1000 }, (_, at) => `${stem}-${String(at + 1)}`));
    expect(pagesOf(front.uaa.requests, path)).toEqual(pages(1000));
    // The third one is for the token.
    expect(front.uaa.requests).toHaveLength(3);
  });

  nodeOnly.test('--json needs no more memory for 100,000 entries', async () => {
    const memoryOf = async (count: number): Promise<number> => {
      thereAre(count);
      const { code, stdout, stderr } = await pipeUaa([words, '--json'], `grep -c '"${key}"'`);
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: `${String(count)}\n`,
        stderr: '',
      });
      expect(pagesOf(front.uaa.requests, path)).toEqual(pages(count));
      return memory.kibibytes();
    };
    const [few, many] = [await memoryOf(1000), await memoryOf(100_000)];
    // The rest, 1.15 to 1.4 depending on the size of an object, is optimised code and garbage that
    // V8 has not collected yet. Keeping a page of objects made it 1.5 to 1.6; keeping all, much more.
    expect(many / few).toBeLessThan(1.5);
  });

  test('--json | head -1 ends with the first page', async () => {
    thereAre(100_000);
    expect(await pipeUaa([words, '--json'], 'head -1')).toMatchObject({ code: 0, stdout: '[\n' });
    expect(pagesOf(front.uaa.requests, path)).toEqual([1]);
  });
});
