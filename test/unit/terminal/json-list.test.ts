import { describe, expect, test } from '@jest/globals';
import { jsonList } from '../../../src/terminal/json-list.js';
import { toJson } from '../../../src/terminal/sanitize.js';

async function* from<Item>(...items: Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const piece of pieces) whole += piece;
  return whole;
}

describe('jsonList', () => {
  test.each([
    ['no item', []],
    ['one item', [{ name: 'dev' }]],
    ['nested items', [{ a: [1, { b: [] }] }, 'text\nwith \u001b', null, { c: {} }]],
  ])('%s: the same text as the whole array', async (_case, items: unknown[]) => {
    expect(await text(jsonList(from(...items), 3))).toBe(`${toJson(items, 3)}\n`);
  });

  test('an item is written before the next one is requested', async () => {
    const steps: string[] = [];
    async function* items() {
      for (const name of ['a', 'b']) {
        steps.push(`made ${name}`);
        yield await Promise.resolve(name);
      }
    }
    for await (const piece of jsonList(items(), 2)) steps.push(piece.trim());
    expect(steps).toEqual(['made a', '[\n  "a"', 'made b', ',\n  "b"', ']']);
  });

  test('a list that fails at once prints nothing', async () => {
    const pieces: string[] = [];
    const failing: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no network')) }),
    };
    await expect(
      (async () => {
        for await (const piece of jsonList(failing, 2)) pieces.push(piece);
      })(),
    ).rejects.toThrow('no network');
    expect(pieces).toEqual([]);
  });
});
