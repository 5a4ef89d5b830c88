import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { indentJson, maximumNesting } from '../../../src/base/json-value.js';

test('JSON is indented like JSON.stringify', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, 7), (json, space) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value, undefined, space);
      expect(indentJson(text)).toBe(JSON.stringify(value, undefined, 2));
    }),
  );
});

test.each(['', '{"a":1', 'no JSON', '{"a":1}{"a":2}', '['.repeat(maximumNesting + 1)])(
  '%j is not JSON',
  (text) => {
    expect(indentJson(text)).toBeUndefined();
  },
);
