import { beforeEach, describe, expect, test } from '@jest/globals';
import { createCollection } from '../../../../../src/sandbox/storage/collection.js';
import { InvalidFilterError } from '../../../../../src/sandbox/uaa/store/filter.js';
import { findRows, type Query, type Table } from '../../../../../src/sandbox/uaa/store/query.js';

interface Row {
  readonly id: string;
  readonly name: string;
}

let cellsRead = 0;
const countRead = (cell: string): string => {
  cellsRead += 1;
  return cell;
};

const table: Table<Row> = {
  id: { type: 'text', getValue: ({ id }) => countRead(id), isIndexed: true },
  name: { type: 'text', getValue: ({ name }) => countRead(name), isIndexed: true },
  other: { type: 'text', getValue: ({ name }) => countRead(name) },
};

const count = 10_000;
const createRow = (index: number): Row => ({
  id: `id-${String(index)}`,
  name: `Name-${String(index)}`,
});
const rows = createCollection<Row>(
  ({ id }) => id,
  // The rows are not in the order of their names.
  Array.from({ length: count }, (_, index) => createRow((index * 7919) % count)),
  () => undefined,
);
const source = { rows, filterTable: table, sortTable: table };

const find = (query: Partial<Query>) =>
  findRows(source, { filter: '', sortBy: 'name', isAscending: true, ...query });
const names = (query: Partial<Query>, start = 0, length = count): string[] =>
  find(query)
    .page(start, length)
    .map(({ name }) => name);

beforeEach(() => {
  // Indexes and orders are created on first use.
  names({ filter: 'name eq "x" or id eq "x"' }, 0, 1);
  names({}, 0, 1);
  cellsRead = 0;
});

describe('a page of all rows', () => {
  const all = Array.from({ length: count }, (_, index) => createRow(index).name).sort((a, b) =>
    a < b ? -1 : 1,
  );

  test('reads no cells to find its rows', () => {
    expect(names({}, 9500, 500)).toEqual(all.slice(9500));
    expect(names({}, 9900, 500)).toEqual(all.slice(9900));
    expect(names({}, 10_000, 500)).toEqual([]);
    expect(names({ isAscending: false }, 100, 3)).toEqual(all.toReversed().slice(100, 103));
    expect(find({}).total).toBe(count);
    expect(cellsRead).toBe(0);
  });

  test('is up to date after a change, without sorting again', () => {
    rows.put({ id: 'id-5', name: 'zzz' });
    expect(names({}, 9999, 1)).toEqual(['zzz']);
    rows.put(createRow(5));
    expect(names({}, 0, count)).toEqual(all);
    expect(cellsRead).toBeLessThan(2 * 100);
  });
});

describe('a filter with eq', () => {
  test.each([
    ['name eq "NAME-77"', ['Name-77']],
    ['id eq "id-77" and other eq "name-77"', ['Name-77']],
    ['other sw "name-7" and id eq "id-77"', ['Name-77']],
    ['(name eq "name-1" or id eq "id-2") and name co "2"', ['Name-2']],
    ['name eq "name-3" or id eq "id-3"', ['Name-3']],
    ['name eq "unknown-user"', []],
    ['name eq 5', []],
  ])('reads only the rows that the index finds: %s', (filter, expected) => {
    expect(names({ filter })).toEqual(expected);
    expect(cellsRead).toBeLessThan(10);
  });

  test('with 50 names joined by or reads 50 rows', () => {
    const wanted = Array.from({ length: 50 }, (_, index) => createRow(index * 100).name);
    const filter = wanted.map((name) => `name eq "${name}"`).join(' or ');
    expect(new Set(names({ filter }))).toEqual(new Set(wanted));
    // Each row is compared with up to 50 names and sorted among 50 rows.
    expect(cellsRead).toBeLessThan(50 * 50 + 50 * 2 * 10);
  });
});

test.each([
  'other eq "name-77"',
  'name eq "name-77" or other eq "name-77"',
  'name sw "name-77" and other eq "name-77"',
])('a filter without an index reads every row once and does not sort them: %s', (filter) => {
  expect(names({ filter })).toEqual(['Name-77']);
  expect(cellsRead).toBeGreaterThanOrEqual(count);
  expect(cellsRead).toBeLessThanOrEqual(2 * count);
});

describe('columns of other types', () => {
  interface Item {
    readonly id: string;
    readonly version: number;
    readonly active: boolean;
    readonly time: number;
    readonly phone?: string;
  }
  const types: Table<Item> = {
    id: { type: 'text', getValue: ({ id }) => id },
    version: { type: 'number', getValue: ({ version }) => version },
    active: { type: 'boolean', getValue: ({ active }) => active },
    created: { type: 'time', getValue: ({ time }) => time },
    phone: { type: 'text', getValue: ({ phone }) => phone },
  };
  const items = createCollection<Item>(
    ({ id }) => id,
    [
      { id: 'anna', version: 0, active: true, time: Date.UTC(2019, 0, 1), phone: '5' },
      { id: 'Bert', version: 0, active: false, time: Date.UTC(2019, 0, 1) },
      { id: "c'd", version: 3, active: true, time: Date.UTC(2019, 0, 1) },
      { id: 'e_f', version: 0, active: true, time: Date.UTC(2020, 0, 1) },
    ],
    () => undefined,
  );
  const findIds = (filter: string, sortBy = 'id') =>
    findRows(
      { rows: items, filterTable: types, sortTable: types },
      { filter, sortBy, isAscending: true },
    )
      .page(0, 10)
      .map(({ id }) => id);

  test.each<[string, string[]]>([
    ['', ['anna', 'Bert', "c'd", 'e_f']],
    ['ID co "B"', ['Bert']],
    ['id ge "b"', ['Bert', "c'd", 'e_f']],
    ['id co "_"', ['anna', 'Bert', "c'd", 'e_f']],
    ['id sw "%n"', ['anna']],
    ['id co "."', []],
    ['phone pr', ['anna']],
    ['active eq false', ['Bert']],
    ['meta.version gt 0', ["c'd"]],
    ['version co 3', []],
    ['created gt "2019-06-01T00:00:00.000Z"', ['e_f']],
    ["id eq 'anna' or id eq 'bert'", ['anna', 'Bert']],
  ])('%j finds %j', (filter, expected) => {
    expect(findIds(filter)).toEqual(expected);
  });

  test.each([
    'other eq "x"',
    'constructor pr',
    'meta.phone pr',
    'active eq "true"',
    'version eq "0"',
    'created gt "2019"',
    'created gt 5',
    "id eq 'c'd'",
  ])('%j is rejected', (filter) => {
    expect(() => findIds(filter)).toThrow(InvalidFilterError);
  });

  test('rows without a value come first, and equal rows are sorted by the next column', () => {
    expect(findIds('', 'phone').at(-1)).toBe('anna');
    expect(findIds('', 'version,id')).toEqual(['anna', 'Bert', 'e_f', "c'd"]);
    expect(() => findIds('', 'other')).toThrow(InvalidFilterError);
  });
});
