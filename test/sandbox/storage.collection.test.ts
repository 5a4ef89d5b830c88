import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCollection } from '../../src/sandbox/storage.js';

interface Row {
  readonly id: string;
  readonly color?: string | undefined;
  readonly size: number;
}

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const row: fc.Arbitrary<Row> = fc.record({
  id: ids,
  color: fc.option(fc.constantFrom('red', 'green', 'constructor'), { nil: undefined }),
  size: fc.integer({ min: 0, max: 3 }),
});

/** A row to put, or the key of a row to delete. */
const step = fc.oneof({ arbitrary: row, weight: 3 }, ids);

const bySize = (a: Row, b: Row): number => a.size - b.size;

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
      let changes = 0;
      const rows = createCollection<Row>(
        ({ id }) => id,
        [...model],
        () => void (changes += 1),
      );
      const findByColor = rows.getIndex('color', ({ color }) => color);
      const order = rows.getOrder('size', bySize);
      for (const change of steps) {
        const existed = typeof change !== 'string' || rows.get(change) !== undefined;
        const before = changes;
        apply(change);
        if (typeof change === 'string') expect(rows.delete(change)).toBe(existed);
        else rows.put(change);
        expect(changes - before).toBe(existed ? 1 : 0);
        expect(order.slice(0, 1)).toEqual([...model].sort(bySize).slice(0, 1));
      }
      const sorted = [...model].sort(bySize);
      expect(rows.all()).toEqual(model);
      expect(rows.size()).toBe(model.length);
      for (const each of model) expect(rows.get(each.id)).toBe(each);
      for (const color of ['red', 'green', 'constructor', 'toString']) {
        const found = new Set(findByColor(color));
        expect(found).toEqual(new Set(model.filter((each) => each.color === color)));
      }
      expect(order.slice(1, 3)).toEqual(sorted.slice(1, 3));
      expect(order.filter(({ size }) => size > 1)).toEqual(sorted.filter(({ size }) => size > 1));
      expect(order.takeWhile(({ size }) => size < 2)).toEqual(
        sorted.filter(({ size }) => size < 2),
      );
      expect(rows.sort(new Set(model), bySize)).toEqual(sorted);
    }),
  );
});

test('an index returns rows in the order in which they got the value', () => {
  const rows = createCollection<Row>(
    ({ id }) => id,
    [],
    () => undefined,
  );
  const findByColor = rows.getIndex('color', ({ color }) => color);
  for (const id of ['a', 'b', 'c']) rows.put({ id, color: 'red', size: 0 });
  rows.put({ id: 'a', color: 'red', size: 1 });
  expect(findByColor('red').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});
