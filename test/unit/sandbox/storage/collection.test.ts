import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCollection, type RowChange } from '../../../../src/sandbox/storage/collection.js';
import { createStorage } from '../../../../src/sandbox/storage/storage.js';

interface Row {
  readonly id: string;
  readonly color?: string | undefined;
  readonly size: number;
}

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  color: fc.option(fc.constantFrom('red', 'green', 'constructor'), { nil: undefined }),
  size: fc.integer({ min: 0, max: 3 }),
});

/** A row to put, or the key of a row to delete. */
const step = fc.oneof({ arbitrary: row, weight: 3 }, fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));

const bySize = (a: Row, b: Row): number => a.size - b.size;

test('an order compares new rows only when it is read', () => {
  let comparisons = 0;
  const rows = createCollection<Row>(
    ({ id }) => id,
    [],
    () => undefined,
  );
  const order = rows.getOrder('size', (a, b) => {
    comparisons += 1;
    return bySize(a, b);
  });
  for (let size = 1000; size > 0; size -= 1) rows.put({ id: String(size), size });
  expect(comparisons).toBe(0);
  expect(order.slice(0, 3).map(({ size }) => size)).toEqual([1, 2, 3]);
  // Sorting needs about 1,000 times log2(1,000) comparisons; the next rows, only log2(1,000) each.
  expect(comparisons).toBeLessThan(15_000);
  comparisons = 0;
  rows.delete('7');
  rows.put({ id: 'new', size: 0 });
  expect(order.slice(0, 3).map(({ id }) => id)).toEqual(['new', '1', '2']);
  expect(comparisons).toBeLessThan(50);
});

test('lookups, indexes and orders match a plain list after any changes', () => {
  fc.assert(
    fc.property(fc.array(row), fc.array(step, { maxLength: 40 }), (initial, steps) => {
      let model: Row[] = [];
      const apply = (change: Row | string): void => {
        const key = typeof change === 'string' ? change : change.id;
        const known = model.some(({ id }) => id === key);
        if (typeof change === 'string') model = model.filter(({ id }) => id !== key);
        else if (known) model = model.map((each) => (each.id === key ? change : each));
        else model = [...model, change];
      };
      for (const each of initial) apply(each);
      const rows = createCollection<Row>(
        ({ id }) => id,
        [...model],
        () => undefined,
      );
      const ofColor = rows.getIndex('color', ({ color }) => color);
      const order = rows.getOrder('size', bySize);
      for (const change of steps) {
        apply(change);
        if (typeof change === 'string') rows.delete(change);
        else rows.put(change);
      }
      const sorted = [...model].sort(bySize);
      expect(rows.all()).toEqual(model);
      expect(rows.size()).toBe(model.length);
      for (const each of model) expect(rows.get(each.id)).toBe(each);
      for (const color of ['red', 'green', 'constructor', 'toString']) {
        const found = new Set(ofColor(color));
        expect(found).toEqual(new Set(model.filter((each) => each.color === color)));
      }
      expect(order.slice(0, 99)).toEqual(sorted);
      expect(order.slice(1, 3)).toEqual(sorted.slice(1, 3));
      expect(order.filter(({ size }) => size > 1)).toEqual(sorted.filter(({ size }) => size > 1));
      expect(order.takeWhile(({ size }) => size < 2)).toEqual(
        sorted.filter(({ size }) => size < 2),
      );
      expect(rows.sort(new Set([...model].reverse()), bySize)).toEqual(sorted);
    }),
  );
});

describe('a transaction that throws', () => {
  const storageWithRows = (initial: readonly Row[]) => {
    const written: string[][] = [];
    const storage = createStorage({
      read: () => undefined,
      write: (changes: readonly RowChange[]) => written.push(changes.map(({ key }) => key)),
    });
    const rows = storage.collection<Row>({
      name: 'rows',
      key: ({ id }) => id,
      requiredMembers: ['id'],
      seed: () => initial,
    });
    return { storage, rows, written };
  };

  test('changes neither the rows nor their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ id }) => id }),
        fc.array(step, { maxLength: 10 }),
        (initial, steps) => {
          const { storage, rows, written } = storageWithRows(initial);
          const order = rows.getOrder('size', bySize);
          const before = [rows.all(), order.slice(0, 99)];
          const work = (): void => {
            for (const change of steps) {
              if (typeof change === 'string') rows.delete(change);
              else rows.put(change);
            }
            throw new Error('refused');
          };
          expect(() => storage.transaction(work)).toThrow('refused');
          expect([rows.all(), order.slice(0, 99)]).toEqual(before);
          storage.commit();
          expect(written).toEqual([]);
        },
      ),
    );
  });

  test('keeps earlier changes', () => {
    const { storage, rows, written } = storageWithRows([]);
    rows.put({ id: 'a', size: 1 });
    const work = (): never => {
      rows.put({ id: 'b', size: 1 });
      throw new Error('refused');
    };
    expect(() => storage.transaction(work)).toThrow('refused');
    storage.commit();
    expect(written).toEqual([['a']]);
  });
});

test('the next commit also writes the changes of a commit that failed', () => {
  const written: string[][] = [];
  let isFull = true;
  const storage = createStorage({
    read: () => undefined,
    write(changes) {
      if (isFull) throw new Error('no space left');
      written.push(changes.map(({ key }) => key));
    },
  });
  const rows = storage.collection<Row>({
    name: 'rows',
    key: ({ id }) => id,
    requiredMembers: ['id'],
  });
  rows.put({ id: 'a', size: 1 });
  expect(() => storage.commit()).toThrow('no space left');
  isFull = false;
  rows.put({ id: 'b', size: 1 });
  storage.commit();
  storage.commit();
  expect(written).toEqual([['a', 'b']]);
});

test('a put into a collection of 10,000 rows compares and indexes only a few of them', () => {
  let [comparisons, indexed] = [0, 0];
  const rows = createCollection<Row>(
    ({ id }) => id,
    Array.from({ length: 10_000 }, (_, index) => ({ id: String(index), size: index })),
    () => undefined,
  );
  rows.getOrder('size', (a, b) => {
    comparisons += 1;
    return bySize(a, b);
  });
  rows.getIndex('color', ({ color }) => {
    indexed += 1;
    return color;
  });
  [comparisons, indexed] = [0, 0];
  for (let index = 0; index < 100; index += 1)
    rows.put({ id: String(index), color: 'red', size: 10_000 - index });
  // A binary search in 10,000 rows takes 14 steps; one search finds the old row, one the new place.
  expect(comparisons / 100).toBeLessThanOrEqual(28);
  expect(indexed / 100).toBeLessThanOrEqual(2);
});
