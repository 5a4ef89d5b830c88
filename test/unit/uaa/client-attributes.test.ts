import { describe, expect, test } from '@jest/globals';
import {
  hasValue,
  isRemoval,
  findUnstoredEntries,
  readAttributes,
} from '../../../src/uaa/client-attributes.js';

test('reads the attributes of a client without empty lists and unknown members', () => {
  expect(
    readAttributes({
      client_id: 'ci',
      name: 'CI',
      scope: ['b', 'a'],
      authorities: [],
      autoapprove: ['true'],
      allowpublic: 'true',
      access_token_validity: '600',
      refresh_token_validity: 0,
      signup_redirect_url: ' ',
      lastModified: 1,
    }),
  ).toEqual({ name: 'CI', scope: ['a', 'b'], autoapprove: true, refresh_token_validity: 0 });
});

test.each(['toString', 'constructor'])(
  'does not treat %s, which every object inherits, as a value',
  (name) => {
    expect(hasValue({}, name, null)).toBe(true);
  },
);

describe('hasValue', () => {
  const client = { scope: ['uaa.none'], authorities: ['a', 'b'], autoapprove: ['true'], name: 'x' };

  test.each([
    ['scope', []],
    ['scope', null],
    ['authorities', ['b', 'a']],
    ['autoapprove', true],
    ['redirect_uri', null],
    ['name', 'x'],
  ])('is true for %s %j', (name, value) => {
    expect(hasValue(client, name, value)).toBe(true);
  });

  test.each([
    ['scope', ['a']],
    ['authorities', ['a']],
    ['authorities', []],
    ['autoapprove', false],
    ['name', null],
    ['name', 'X'],
  ])('is false for %s %j', (name, value) => {
    expect(hasValue(client, name, value)).toBe(false);
  });
});

test.each([
  ['scope', [], true],
  ['scope', ['a'], false],
  ['required_user_groups', [], false],
  ['name', null, true],
  ['name', '', false],
])('detects whether an update of %s to %j removes it: %j', (name, value, expected) => {
  expect(isRemoval(name, value)).toBe(expected);
});

test('finds entries that the UAA did not store, except patterns', () => {
  expect(findUnstoredEntries({ autoapprove: ['a'] }, 'autoapprove', ['a', 'b', 'c.*'])).toEqual([
    'b',
  ]);
  expect(findUnstoredEntries({}, 'scope', ['a'])).toEqual(['a']);
  expect(findUnstoredEntries({}, 'name', 'x')).toEqual([]);
});
