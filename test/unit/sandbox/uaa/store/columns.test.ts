import { describe, expect, test } from '@jest/globals';
import { InvalidFilterError } from '../../../../../src/sandbox/uaa/store/filter.js';
import { findRows, type Query, type Table } from '../../../../../src/sandbox/uaa/store/query.js';
import { createCollection } from '../../../../../src/sandbox/storage/collection.js';

interface Row {
  readonly name: string;
  readonly mail: string;
  readonly version: number;
  readonly active: boolean;
  readonly at: number;
  readonly phone?: string;
  readonly hash: string;
}

const row = (name: string, more: Partial<Row> = {}): Row => ({
  name,
  mail: `${name}@example.com`,
  version: 0,
  active: true,
  at: Date.UTC(2019, 0, 1),
  hash: 'secret',
  ...more,
});

const table: Table<Row> = {
  columns: {
    name: { type: 'name', getValue: ({ name }) => name },
    mail: { type: 'text', getValue: ({ mail }) => mail },
    version: { type: 'number', getValue: ({ version }) => version },
    active: { type: 'boolean', getValue: ({ active }) => active },
    created: { type: 'time', getValue: ({ at }) => at },
    phone: { type: 'text', getValue: ({ phone }) => phone },
    password: { type: 'text', getValue: ({ hash }) => hash, isSecret: true, isUnsortable: true },
  },
  aliases: { 'emails.value': 'mail' },
};

const rows = createCollection<Row>(
  ({ name }) => name,
  [
    row('anna', { phone: '5' }),
    row('Bert', { active: false }),
    row("c'd", { version: 3 }),
    row('e_f', { at: Date.UTC(2020, 0, 1) }),
  ],
  () => undefined,
);

const find = (query: Partial<Query>): string[] => {
  const source = { rows, filterTable: table, sortTable: table };
  const found = findRows(source, { filter: '', sortBy: 'name', isAscending: true, ...query });
  return found.page(0, found.total).map(({ name }) => name);
};

const findByFilter = (filter: string): string[] => find({ filter });

describe('a filter', () => {
  test.each<[string, string[]]>([
    ['', ['anna', 'Bert', "c'd", 'e_f']],
    ['NAME eq "ANNA"', ['anna']],
    ['name co "B"', ['Bert']],
    ['name sw "C\'"', ["c'd"]],
    ['name ge "b"', ['Bert', "c'd", 'e_f']],
    ['name lt "bert"', ['anna']],
    ['name co "_"', ['anna', 'Bert', "c'd", 'e_f']],
    ['name sw "%n"', ['anna']],
    ['name co "."', []],
    ['emails.value eq "bert@example.com"', ['Bert']],
    ['phone pr', ['anna']],
    ['phone le "9"', ['anna']],
    ['active eq false', ['Bert']],
    ['active eq 1', ['anna', "c'd", 'e_f']],
    ['meta.version gt 0', ["c'd"]],
    ['version le 0.5', ['anna', 'Bert', 'e_f']],
    ['version co 3', []],
    ['created gt "2019-06-01T00:00:00.000Z"', ['e_f']],
    ['meta.created lt "2019-06-01T00:00:00.000Z"', ['anna', 'Bert', "c'd"]],
    ['name eq "2019-06-01T00:00:00.000Z"', []],
    ['name eq 5', []],
    ['password eq "secret"', []],
    ['password pr', ['anna', 'Bert', "c'd", 'e_f']],
    ["name eq 'anna' or name eq 'bert'", ['anna', 'Bert']],
    ['name eq "anna" or active eq false and version eq 9', ['anna']],
  ])('%j finds %j', (filter, names) => {
    expect(findByFilter(filter)).toEqual(names);
  });

  test.each([
    'other eq "x"',
    'meta.other pr',
    'name.first pr',
    'active eq "true"',
    'version eq "0"',
    'created gt "2019"',
    'created gt 5',
    'version gt "2019-06-01T00:00:00.000Z"',
    "name eq 'c'd'",
  ])('%j is rejected because it does not match a column', (filter) => {
    expect(() => findByFilter(filter)).toThrow(InvalidFilterError);
  });
});

describe('sorting', () => {
  const sort = (sortBy: string): string[] => find({ sortBy });

  test('ignores case for names but not for other text', () => {
    expect(sort('name')).toEqual(['anna', 'Bert', "c'd", 'e_f']);
    expect(sort('emails.value')).toEqual(['Bert', 'anna', "c'd", 'e_f']);
  });

  test('puts rows without a value first', () => {
    expect(sort('phone').at(-1)).toBe('anna');
  });

  test.each(['other', 'password', 'meta.created'])('by %s is rejected', (column) => {
    expect(() => sort(column)).toThrow(InvalidFilterError);
  });
});
