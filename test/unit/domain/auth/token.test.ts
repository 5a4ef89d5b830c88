import { describe, expect, test } from '@jest/globals';
import {
  readClaims,
  readTextClaim,
  readTimeClaim,
  readUserId,
} from '../../../../src/domain/auth/claims.js';
import { toToken } from '../../../../src/domain/auth/token.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const response = {
  accessToken: 'access',
  refreshToken: 'refresh',
  idToken: 'id',
  scope: 'openid',
  expiresInSeconds: 599,
  now: new Date('2026-11-24T10:00:00Z'),
};

describe.each([
  ['accessToken', 'access_token'],
  ['refreshToken', 'refresh_token'],
  ['idToken', 'id_token'],
])('%s', (key, field) => {
  test.each([
    'a\nb\r\nX: y',
    'two words',
    'trailing\n',
    'tab\there',
    '\u0000',
    '\u007f',
    '\u00e9',
    '漢',
    '\ud800',
  ])('with the characters %j is rejected, and the error names the field', (value) => {
    expect(() => toToken({ ...response, [key]: value })).toThrow(
      expect.objectContaining({
        kind: 'unavailable',
        message: `The UAA did not send a valid response: ${field} contains characters that are not allowed in a token`,
      }),
    );
  });
});

test('reads the claims of a JWT', () => {
  const token = jwt({ user_name: 'größe', exp: 1 });
  expect(readClaims(token)).toEqual({ user_name: 'größe', exp: 1 });
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

test.each([
  [{ name: 'cody', exp: 1.5 }, 'cody', new Date(1500)],
  [{ name: '', exp: '7' }, undefined, undefined],
  [{ name: 7, exp: Number.POSITIVE_INFINITY }, undefined, undefined],
  [{ name: ['a'], exp: 1e300 }, undefined, undefined],
  [undefined, undefined, undefined],
])('of the claims %j, the text is %j and the time is %j', (claims, name, exp) => {
  expect(readTextClaim(claims, 'name')).toBe(name);
  expect(readTimeClaim(claims, 'exp')).toEqual(exp);
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
  ])('causes an error about the UAA if no URL can contain it', (user_id, problem) => {
    expect(() => readUserId({ user_id })).toThrow(
      expect.objectContaining({
        kind: 'unavailable',
        message: `The UAA issued an invalid token: its user_id ${problem}`,
      }),
    );
  });
});
