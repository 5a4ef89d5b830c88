import { describe, expect, test } from '@jest/globals';
import {
  explainLoginError,
  explainTokenError,
  type RejectedRequest,
} from '../../../src/auth/login-error.js';
import type { BrowserOptions } from '../../../src/auth/request-token.js';
import { TpksError } from '../../../src/errors.js';
import { Secret } from '../../../src/secret.js';

const uaa = 'https://uaa.example.com:8443';
const client = {
  uaa,
  clientId: 'pks_cli',
  clientSecret: new Secret(''),
  skipTlsVerification: false,
};
const user: RejectedRequest = {
  client,
  api: 'https://api.example.com:9021',
  grant: { kind: 'password', username: 'dana', password: new Secret('') },
  scope: undefined,
};
const robot: RejectedRequest = {
  ...user,
  client: { ...client, clientId: 'robot' },
  grant: { kind: 'client_credentials' },
};
const passcode: RejectedRequest = {
  ...user,
  grant: { kind: 'passcode', passcode: new Secret('code') },
};
const browser: BrowserOptions = {
  ...{
    ports: [0],
    path: '/',
    timeoutSeconds: 1,
    canOpenBrowser: false,
    browserlessCommand: 'tpks',
  },
};
const locked = 'Your account has been locked because of too many failed attempts to login.';
const wrongProvider = "Client is not authorized for specified user's identity provider.";
const noProvider =
  'The client is not authorized for any identity provider that supports password grant.';
const missingGroup = "User does not meet the client's required group criteria.";
const notAllowed = '[x.y] is invalid. This user is not allowed any of the requested scopes';

describe('explainTokenError adds a hint', () => {
  test.each<[string, string, RejectedRequest, string]>([
    ['unauthorized', locked, user, 'tpks uaa user unlock dana'],
    ['unauthorized', locked, passcode, 'tpks uaa user unlock NAME'],
    [
      'unauthorized',
      'Bad credentials',
      user,
      'check the username dana and its password, the client pks_cli and its secret',
    ],
    [
      'unauthorized',
      'Invalid passcode',
      passcode,
      'works only once and expires after five minutes',
    ],
    ['invalid_client', 'Unauthorized grant type: client_credentials', robot, 'client get robot'],
    [
      'invalid_scope',
      'Invalid scope: x.y',
      robot,
      'omit --scope to request all scopes that robot has',
    ],
    ['invalid_scope', notAllowed, { ...user, scope: 'x.y' }, 'tpks uaa member add x.y dana'],
    ['unauthorized', wrongProvider, user, 'only users of its allowedproviders'],
    ['unauthorized', noProvider, user, 'only users of its allowedproviders'],
    ['invalid_scope', missingGroup, user, 'in all of its required_user_groups'],
    ['invalid_scope', notAllowed, user, 'the user has none of the scopes of the client pks_cli'],
  ])('to %s: %s', (oauthError, message, request, hint) => {
    const kind = oauthError === 'invalid_scope' ? 'failed' : 'unauthenticated';
    const error = new TpksError(kind, message, { status: 401, oauthError });
    expect(explainTokenError(error, request)).toMatchObject({
      ...{ kind, message, status: 401, oauthError },
      hint: expect.stringContaining(hint),
    });
  });

  test.each([
    ['implicit', 'the client pks_cli, and that https://uaa.example.com:8443 is the right target'],
    ['authorization_code', "that the client pks_cli has no secret (for an empty secret: -s '')"],
  ] as const)('to a rejected request with the grant %s and without a secret', (kind, hint) => {
    const error = new TpksError('unauthenticated', 'Bad credentials', { status: 401 });
    const request = {
      ...user,
      client: { ...client, clientSecret: undefined },
      grant: { kind, browser },
    };
    expect(explainTokenError(error, request)).toMatchObject({
      hint: expect.stringContaining(hint),
    });
  });
});

describe('a rejected login', () => {
  test.each<[string, RejectedRequest, string, string]>([
    [
      'Bad credentials',
      user,
      '',
      'tpks login -a https://api.example.com:9021 --uaa-url https://uaa.example.com:8443 --sso',
    ],
    [
      'No such user',
      user,
      ' (No such user)',
      'check the username dana and its password at uaa.example.com:8443',
    ],
    [locked, user, ` (${locked})`, 'tpks uaa user unlock dana'],
    [noProvider, user, ` (${noProvider})`, 'the client pks_cli accepts only users of its allow'],
    ['Bad credentials', robot, '', 'check the name and the secret of client '],
    ['Invalid passcode', passcode, ' (Invalid passcode)', `get a new one at ${uaa}/passcode`],
  ])('(%s) is reported with the message of the original CLI', (message, request, suffix, hint) => {
    const error = new TpksError('unauthenticated', message, { status: 401 });
    expect(explainLoginError(error, request)).toMatchObject({
      message: `Credentials were rejected, please try again.${suffix}`,
      hint: expect.stringContaining(hint),
    });
  });
});

test.each([explainLoginError, explainTokenError])(
  'errors that have a hint, and errors of other kinds, are not changed by %p',
  (explain) => {
    const explained = new TpksError('unauthenticated', 'Invalid', { hint: 'get another' });
    const network = new TpksError('unavailable', 'no network');
    expect(explain(explained, user)).toBe(explained);
    expect(explain(network, user)).toBe(network);
  },
);
