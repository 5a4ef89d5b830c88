import { describe, expect, test } from '@jest/globals';
import {
  readClaims,
  readJoseHeader,
  readTextClaim,
  readTimeClaim,
  readUserId,
} from '../../../src/auth/claims.js';
import { jwt } from '../../support/fixtures/jwt.js';

test('reads the claims and the header of a JWT', () => {
  const token = jwt({ user_name: 'größe', exp: 1 });
  expect(readClaims(token)).toEqual({ user_name: 'größe', exp: 1 });
  expect(readJoseHeader(token)).toEqual({ alg: 'RS256', kid: 'key-1' });
});

test.each([
  '',
  'opaque',
  '0123456789abcdef0123456789abcdef-r',
  'a.b',
  'a.b.c',
  'a.b.c.d',
  `a.${Buffer.from('[1]').toString('base64url')}.c`,
  `a.${Buffer.from('null').toString('base64url')}.c`,
  `a.${Buffer.from('"text"').toString('base64url')}.c`,
])('%j has no claims', (token) => {
  expect(readClaims(token)).toBeUndefined();
});

test('a claim cannot change the prototype', () => {
  const token = `a.${Buffer.from('{"__proto__":{"admin":true}}').toString('base64url')}.c`;
  expect(Reflect.get(readClaims(token) ?? {}, 'admin')).toBeUndefined();
});

describe('a claim of the wrong type is ignored', () => {
  const claims = { name: 'cody', empty: '', number: 7, list: ['a'], exp: 1.5, text: '7' };

  test.each([
    ['name', 'cody'],
    ['empty', undefined],
    ['number', undefined],
    ['list', undefined],
    ['absent', undefined],
  ])('by readTextClaim: %s is %j', (name, value) => {
    expect(readTextClaim(claims, name)).toBe(value);
    expect(readTextClaim(undefined, name)).toBeUndefined();
  });

  test.each([
    ['exp', new Date(1500)],
    ['text', undefined],
    ['absent', undefined],
  ])('by readTimeClaim: %s is %j', (name, value) => {
    expect(readTimeClaim(claims, name)).toEqual(value);
    expect(readTimeClaim(undefined, name)).toBeUndefined();
  });
});

test('a time that is out of range is ignored', () => {
  expect(readTimeClaim({ exp: Number.POSITIVE_INFINITY }, 'exp')).toBeUndefined();
  expect(readTimeClaim({ exp: 1e300 }, 'exp')).toBeUndefined();
});

describe('the id of the user', () => {
  test.each([
    ['u-1', 'u-1'],
    ['', undefined],
    [7, undefined],
    [undefined, undefined],
  ])('is read from the claim %j as %j', (user_id, expected) => {
    expect(readUserId({ user_id })).toBe(expected);
  });

  test.each([
    ['..', 'cannot be ".."'],
    [' ', 'is empty'],
    ['x'.repeat(20_000), 'is too long: it has 20000 characters'],
  ])('causes an error that blames the UAA if no URL can contain it', (user_id, problem) => {
    expect(() => readUserId({ user_id })).toThrow(
      expect.objectContaining({
        kind: 'unavailable',
        message: `The UAA issued an invalid token: its user_id ${problem}`,
      }),
    );
  });
});
