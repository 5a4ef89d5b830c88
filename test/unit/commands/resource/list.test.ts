import { describe, expect, test } from '@jest/globals';
import {
  ageColumn,
  createValueReader,
  type List,
  type ListFlags,
  formatListTable,
  formatTerminalTable,
  selectRows,
  showList,
} from '../../../../src/commands/resource/list.js';
import { toDate } from '../../../../src/commands/format-time.js';
import { lineText } from '../../../../src/platform/terminal/lines.js';
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

  test('prints all columns or the requested ones with -o csv, and no other lines', async () => {
    expect(await listBoats({ output: 'csv' })).toBe(
      'Name,Crew (heads),Port\r\nAda,12,Kiel\r\nEve,3,\r\n',
    );
    expect(await listBoats({ output: 'csv', columns: ['port', 'name'], sortBy: 'port' })).toBe(
      'Port,Name\r\n,Eve\r\nKiel,Ada\r\n',
    );
  });

  test('prints only the headings with -o csv if there are no rows', async () => {
    const terminal = recordedTerminal();
    await showList({ ...list, emptyLine: 'no boats' }, [], { output: 'csv' }, { terminal, clock });
    expect(terminal.lines).toEqual(['Name,Crew (heads),Port\r\n']);
  });

  test('prints absolute times with -o csv', async () => {
    const terminal = recordedTerminal();
    const aged: List<{ readonly built: number }> = {
      noun: 'boat',
      columns: [ageColumn(({ built }) => toDate(built))],
      nameOf: () => '',
    };
    await showList(aged, [{ built: 1.6e9 }], { output: 'csv' }, { terminal, clock });
    expect(terminal.lines).toEqual(['Age\r\n2020-09-13T12:26:40.000Z\r\n']);
  });
});

describe('formatTerminalTable', () => {
  const now = new Date('2026-11-25T10:00:00Z');
  const withAge: List<Boat & { readonly built?: number }> = {
    ...list,
    terminalColumns: [
      { head: 'Name', cell: ({ name }) => name },
      { head: 'Crew', key: 'crew-heads', cell: ({ crew }) => String(crew.size) },
      { head: 'Port', cell: ({ port }) => port ?? '', wide: true },
      ageColumn(({ built }) => toDate(built)),
    ],
  };
  const rows = [{ ...boats[0]!, built: now.getTime() / 1000 - 3 * 3600 }, boats[1]!];
  const format = (flags: ListFlags, width = 80) =>
    formatTerminalTable(withAge, rows, flags, { now, width }).map(lineText);

  test('has headings in upper case, ages, and empty cells for absent values', () => {
    expect(format({})).toEqual(['NAME  CREW  AGE', 'Ada   12    3h', 'Eve   3']);
  });

  test('shows wide columns only with -o wide', () => {
    expect(format({ output: 'wide' })[0]).toBe('NAME  CREW  PORT  AGE');
  });

  test('accepts the heading and the key of a column, and columns that are shown only in a pipe', () => {
    expect(format({ columns: ['age', 'crew', 'crew-heads', 'port'] })).toEqual([
      'AGE  CREW  CREW  PORT',
      '3h   12    12    Kiel',
      '     3     3',
    ]);
  });

  test('sorts rows by the time, not by the text of the age', () => {
    const older = { name: 'Ida', crew: { size: 1 }, built: now.getTime() / 1000 - 40 * 86_400 };
    const sorted = selectRows(withAge, [rows[0]!, older], { sortBy: 'age' });
    expect(sorted.map(({ name }) => name)).toEqual(['Ida', 'Ada']);
  });

  test('says that nothing was found if there are no rows', () => {
    const empty = formatTerminalTable(withAge, [], {}, { now, width: 80 });
    expect(empty).toEqual(['No boats found']);
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
