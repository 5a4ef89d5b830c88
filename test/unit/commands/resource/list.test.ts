import { describe, expect, test } from '@jest/globals';
import { didYouMean, createValueReader } from '../../../../src/commands/resource/list-keys.js';
import { formatListTable, showList, type List } from '../../../../src/commands/resource/list.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';

interface Boat {
  readonly name: string;
  readonly crew: { readonly size: number };
  readonly port?: string;
}

const boats: readonly Boat[] = [
  { name: 'Ada', crew: { size: 12 }, port: 'Kiel' },
  { name: 'Eve', crew: { size: 3 } },
];

const list: List<Boat> = {
  noun: 'boat',
  isPks: true,
  columns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Crew (heads)', cell: ({ crew }) => ({ text: String(crew.size), tone: 'good' }) },
    { head: 'Port', cell: ({ port }) => port ?? '', wide: true },
  ],
  nameOf: ({ name }) => name,
  linesAbove: (rows) => [`${String(rows.length)} boats`],
};

async function shown(flags: Parameters<typeof showList>[2]): Promise<string> {
  const terminal = recordedTerminal();
  await showList(list, boats, flags, terminal);
  return terminal.lines.join('\n');
}

test('a table has the columns that are not wide', () => {
  expect(formatListTable(list, []).slice(0, 2)).toEqual(['', '0 boats']);
});

describe('showList', () => {
  test('shows wide columns when asked', async () => {
    expect(await shown({})).not.toContain('Kiel');
    expect(await shown({ output: 'wide' })).toContain('Kiel');
  });

  test('shows the columns asked for, in that order', async () => {
    expect(await shown({ columns: ['port', 'name'] })).toMatch(/Port +Name\nKiel +Ada/);
  });

  test('refuses a column that is not there, and says which are', async () => {
    await expect(shown({ columns: ['sails'] })).rejects.toMatchObject({
      kind: 'usage',
      hint: 'choose from name, crew-heads, port',
    });
  });

  test('prints names alone, or YAML', async () => {
    expect(await shown({ output: 'name' })).toBe('Ada\nEve');
    expect(await shown({ output: 'yaml' })).toContain('- name: Ada\n  crew:\n    size: 12');
  });

  test('prints the rows themselves as JSON', async () => {
    expect(JSON.parse(await shown({ output: 'json' }))).toEqual(boats);
  });
});

test.each([
  ['name', 'Ada'],
  ['crew-heads', '12'],
  ['crew.size', '12'],
  ['crew', '{"size":12}'],
  ['nothing.at.all', undefined],
  ['constructor', undefined],
])('the value under %s is %j', (key, value) => {
  expect(createValueReader(list, key)(boats[0]!)).toBe(value);
});

test.each([
  ['nmae', ' (Did you mean name?)'],
  ['statsu', ' (Did you mean status?)'],
  ['STATUS', ' (Did you mean status?)'],
  ['sails', ''],
  ['', ''],
])('a suggestion for %j is %j', (word, suggestion) => {
  expect(didYouMean(word, ['name', 'status', 'k8s-version'])).toBe(suggestion);
});

test('a list without rows can print a sentence, but --json prints []', async () => {
  const terminal = recordedTerminal();
  const empty: List<Boat> = { ...list, emptyLine: 'no boats' };
  await showList(empty, [], {}, terminal);
  await showList(empty, [], { output: 'json' }, terminal);
  expect(terminal.lines).toEqual(['no boats', '[]']);
});
