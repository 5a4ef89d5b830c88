import { describe, expect, test } from '@jest/globals';
import { readValues, writeValues, type BusValue } from '../../../src/keychain/bus-values.js';

describe('readValues returns the values that writeValues wrote', () => {
  test.each<[string, BusValue[]]>([
    ['a{ss}s', [[], 'after']],
    ['sa(ou)s', ['before', [], 'after']],
    ['a{ss}s', [[['key', 'value']], 'after']],
    ['aoao', [['/one', '/two'], []]],
    ['sayas', ['x'.repeat(70_000), Buffer.alloc(70_000, 7), ['x'.repeat(70_000)]]],
  ])('for the types %s and the values %.50j', (types, values) => {
    expect(readValues(types, writeValues(types, values))).toEqual(values);
  });
});

test('readValues rejects an element that is longer than its array', () => {
  const bytes = writeValues('as', [['text']]);
  bytes.writeUInt32LE(1);
  expect(() => readValues('as', bytes)).toThrow('an element is longer than its array');
});
