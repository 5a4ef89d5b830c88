import { describe, expect, test } from '@jest/globals';
import { toToken } from '../../../src/auth/token.js';
import { plain } from '../../support/checks/plain-tokens.js';

const response = {
  accessToken: 'access',
  refreshToken: 'refresh',
  idToken: 'id',
  scope: 'openid',
  expiresInSeconds: 599,
  date: undefined,
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

  test.each(['!', '~', 'abc-._~+/=', 'eyJh.eyJz.c2ln', '{"all":"printable\\ASCII"}'])(
    'with the characters %j is accepted unchanged',
    (value) => {
      expect(plain(toToken({ ...response, [key]: value }))).toMatchObject({ [key]: value });
    },
  );
});
