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

test.each([
  ['a large number', '{"a":12345678901234567890}', '{\n  "a": 12345678901234567890\n}'],
  ['the form of a number', '[1.0,1e2,-0]', '[\n  1.0,\n  1e2,\n  -0\n]'],
  ['duplicate keys', '{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
  ['escapes and brackets in a string', String.raw`["\u0061\"\\","[{,:}]"]`, undefined],
])('%s stays as it is', (_name, text, expected) => {
  expect(indentJson(text)).toBe(
    expected ?? JSON.stringify(JSON.parse(text), undefined, 2).replace('a', String.raw`\u0061`),
  );
});

test.each(['', '{"a":1', 'no JSON', '{"a":1}{"a":2}', '['.repeat(maximumNesting + 1)])(
  '%j is not JSON',
  (text) => {
    expect(indentJson(text)).toBeUndefined();
  },
);
