import { expect, test } from '@jest/globals';
import { findFilterError } from '../../../../src/uaa/list/filter-error.js';

const columns = ['userName', 'origin', 'meta.created'];

test.each([
  ['', 'at the end: expected a column, e.g. userName or (userName'],
  ['userName', 'at the end: expected one of the operators eq, co, sw, gt, ge, lt, le, pr'],
  ['userName eq', 'at the end: expected a value, e.g. "alana", 600 or true'],
  ['userName eq "a" and', 'at the end: expected a column, e.g. userName or (userName'],
  [
    'userName xx "a"',
    'at xx (character 10): expected one of the operators eq, co, sw, gt, ge, lt, le, pr',
  ],
  ['userName eq alana', 'at alana (character 13): text must be in quotes: "alana"'],
  ['userName eq and', 'at and (character 13): expected a value, e.g. "alana", 600 or true'],
  ['userName eq "a" xor origin pr', 'at xor (character 17): expected "and" or "or"'],
  ['userName pr "a"', 'at "a" (character 13): expected "and" or "or"'],
  ['userName eq "a', 'at "a (character 13): the closing quote is missing'],
  ['userName eq "a\\"', 'at "a\\" (character 13): the closing quote is missing'],
  ['(userName pr', 'at ( (character 1): no matching )'],
  ['userName pr)', 'at ) (character 12): no matching ('],
  [
    'not (userName pr)',
    'at ( (character 5): expected one of the operators eq, co, sw, gt, ge, lt, le, pr',
  ],
  [
    '"userName" eq "a"',
    'at "userName" (character 1): expected a column, e.g. userName or (userName',
  ],
  ['user eq "a" and userName eq', 'at the end: expected a value, e.g. "alana", 600 or true'],
  [
    'userName pr or user eq "a"',
    'at user (character 16): unknown column (choose from userName, origin, meta.created)',
  ],
])('finds the position and the reason of the error in the filter "%s"', (filter, message) => {
  expect(findFilterError(filter, columns)).toBe(message);
});

test('names a column of the list in the example', () => {
  expect(findFilterError('foo=1', ['client_id', 'scope'])).toBe(
    'at foo=1 (character 1): expected a column, e.g. client_id or (client_id',
  );
});

test.each([
  'userName eq "a"',
  'USERNAME Eq "a b (c" AND (origin pr or userName sw \'x\')',
  '((userName eq "a\\"b\\\\"))',
  'userName eq -1.5 or userName eq true',
  'urn:scim:schemas:core:1.0:userName eq "a"',
  'meta.created gt "2026-01-01T00:00:00.000Z"',
])('finds no error in the filter %s', (filter) => {
  expect(findFilterError(filter, columns)).toBeUndefined();
});
