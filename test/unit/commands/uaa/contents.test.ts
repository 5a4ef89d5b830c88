import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { fill, type Entry, type Group, type Leaf } from '../../../../src/commands/contents.js';
import { contents } from '../../../../src/commands/uaa/index.js';
import type { Services } from '../../../../src/services.js';

/** Nothing is asked for while a command is only described. */
const services = new Proxy({} as Services, {
  get: (_target, name) => () => {
    throw new Error(`${String(name)} was asked for`);
  },
});

async function leaves(
  entries: readonly Entry[],
  path: string[] = [],
): Promise<{ words: string; entry: Entry; part: Leaf }[]> {
  const found = [];
  for (const entry of entries) {
    const part: Leaf | Group = await entry.load();
    const words = [...path, entry.name];
    if ('contents' in part) found.push(...(await leaves(part.contents, words)));
    else found.push({ words: words.join(' '), entry, part });
  }
  return found;
}

const all = await leaves(contents);

test('the words are those of uaac', () => {
  expect(all.map(({ words }) => words).sort()).toEqual([
    'context',
    'contexts',
    'group add',
    'group get',
    'groups',
    'info',
    'member add',
    'member delete',
    'target',
    'targets',
    'token client get',
    'token owner get',
    'user add',
    'user delete',
    'user get',
    'users',
  ]);
});

describe.each(all)('$words', ({ words, entry, part }) => {
  let shown = '';
  const command = new Command(words.split(' ').at(-1)).configureOutput({
    writeOut: (text) => (shown += text),
  });
  fill(command, part, services);
  command.outputHelp();

  test('has a summary, a description and an example', () => {
    expect(entry.summary).toMatch(/^[a-z].{3,58}[^.]$/);
    expect(command.description()).toMatch(/^[A-Z][^]+\.$/);
    expect(shown).toContain(`$ tpks uaa ${words}`);
  });
});
