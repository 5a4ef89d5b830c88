import { describe, expect, test } from '@jest/globals';
import { readValues, writeValues, type BusValue } from '../../../src/keychain/bus-values.js';

describe('values read as they were written', () => {
  test.each<[string, BusValue[]]>([
    ['a{ss}s', [[], 'after']],
    ['sa(ou)s', ['before', [], 'after']],
    ['a{ss}s', [[['key', 'value']], 'after']],
    ['aoao', [['/one', '/two'], []]],
  ])('%s with %j', (types, values) => {
    expect(readValues(types, writeValues(types, values))).toEqual(values);
  });
});

test('an element that is longer than its array is malformed', () => {
  const bytes = writeValues('as', [['text']]);
  bytes.writeUInt32LE(1);
  expect(() => readValues('as', bytes)).toThrow('an element is longer than its array');
});
