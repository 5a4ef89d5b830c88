import { beforeEach, describe, expect, test } from '@jest/globals';
import { createCollection } from '../../../../../src/sandbox/storage/collection.js';
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
  columns: {
    id: { type: 'text', getValue: ({ id }) => countRead(id), isIndexed: true },
    name: { type: 'name', getValue: ({ name }) => countRead(name), isIndexed: true },
    other: { type: 'text', getValue: ({ name }) => countRead(name) },
  },
  aliases: { nick: 'name' },
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

  test('is up to date after a change', () => {
    rows.put({ id: 'id-5', name: 'zzz' });
    expect(names({}, 9999, 1)).toEqual(['zzz']);
    rows.put(createRow(5));
    expect(names({}, 0, count)).toEqual(all);
  });
});

describe('a filter with eq', () => {
  test.each([
    ['name eq "NAME-77"', ['Name-77']],
    ['nick eq "name-77"', ['Name-77']],
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
