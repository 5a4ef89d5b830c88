import { describe, expect, test } from '@jest/globals';
import {
  createValueReader,
  type List,
  formatListTable,
  showList,
} from '../../../../src/commands/resource/list.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';

const clock = fixedClock();

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

async function listBoats(flags: Parameters<typeof showList>[2]): Promise<string> {
  const terminal = recordedTerminal();
  await showList(list, boats, flags, { terminal, clock });
  return terminal.lines.join('\n');
}

test('formatListTable prints the lines above the table first', () => {
  expect(formatListTable(list, [], {}, clock.now()).slice(0, 2)).toEqual(['', '0 boats']);
});

describe('showList', () => {
  test('shows wide columns only with -o wide', async () => {
    expect(await listBoats({})).not.toContain('Kiel');
    expect(await listBoats({ output: 'wide' })).toContain('Kiel');
  });

  test('shows the requested columns in the requested order', async () => {
    expect(await listBoats({ columns: ['port', 'name'] })).toMatch(/Port +Name\nKiel +Ada/);
  });

  test('rejects an unknown column and lists the known ones', async () => {
    await expect(listBoats({ columns: ['sails'] })).rejects.toMatchObject({
      kind: 'usage',
      hint: 'choose from name, crew-heads, port',
    });
  });

  test('prints only names with -o name', async () => {
    expect(await listBoats({ output: 'name' })).toBe('Ada\nEve');
  });
});

test.each([
  ['name', 'Ada'],
  ['crew-heads', '12'],
  ['crew.size', '12'],
  ['crew', '{"size":12}'],
  ['nothing.at.all', undefined],
  ['constructor', undefined],
])('createValueReader reads the value of %s: %j', (key, value) => {
  expect(createValueReader(list, key)(boats[0]!)).toBe(value);
});

test('showList prints the empty line for a list without rows, but [] as JSON', async () => {
  const terminal = recordedTerminal();
  const empty: List<Boat> = { ...list, emptyLine: 'no boats' };
  await showList(empty, [], {}, { terminal, clock });
  expect(terminal).toMatchObject({ lines: ['no boats'], json: [[]] });
});
