import { expect, test } from '@jest/globals';
import { filterFault } from '../../../../src/uaa/list/filter-fault.js';

const columns = ['userName', 'origin', 'meta.created'];

test.each([
  ['', 'at its end a column is missing, e.g. userName or (userName'],
  ['userName', 'at its end one of eq, co, sw, gt, ge, lt, le or pr is missing'],
  ['userName eq', 'at its end a value is missing, e.g. "alana", 600 or true'],
  ['userName eq "a" and', 'at its end a column is missing, e.g. userName or (userName'],
  ['userName xx "a"', 'at xx (character 10) one of eq, co, sw, gt, ge, lt, le or pr is missing'],
  ['userName eq alana', 'at alana (character 13) a text stands in quotes: "alana"'],
  ['userName eq and', 'at and (character 13) a value is missing, e.g. "alana", 600 or true'],
  ['userName eq "a" xor origin pr', 'at xor (character 17) and or or is missing'],
  ['userName pr "a"', 'at "a" (character 13) and or or is missing'],
  ['userName eq "a', 'at "a (character 13) the closing quote is missing'],
  ['userName eq "a\\"', 'at "a\\" (character 13) the closing quote is missing'],
  ['(userName pr', 'at ( (character 1) there is no ) to this ('],
  ['userName pr)', 'at ) (character 12) there is no ( to this )'],
  ['not (userName pr)', 'at ( (character 5) one of eq, co, sw, gt, ge, lt, le or pr is missing'],
  [
    '"userName" eq "a"',
    'at "userName" (character 1) a column is missing, e.g. userName or (userName',
  ],
  ['user eq "a" and userName eq', 'at its end a value is missing, e.g. "alana", 600 or true'],
  [
    'userName pr or user eq "a"',
    'at user (character 16) the UAA cannot search by that, but by userName, origin, meta.created',
  ],
])('%s is told to be wrong where it is', (filter, fault) => {
  expect(filterFault(filter, columns)).toBe(fault);
});

test.each([
  'userName eq "a"',
  'USERNAME Eq "a b (c" AND (origin pr or userName sw \'x\')',
  '((userName eq "a\\"b\\\\"))',
  'userName eq -1.5 or userName eq true',
  'urn:scim:schemas:core:1.0:userName eq "a"',
  'meta.created gt "2026-01-01T00:00:00.000Z"',
])('of %s nothing is known to be wrong', (filter) => {
  expect(filterFault(filter, columns)).toBeUndefined();
});
