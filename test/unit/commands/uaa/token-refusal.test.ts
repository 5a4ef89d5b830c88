import { expect, test } from '@jest/globals';
import { refusal, type Asked } from '../../../../src/commands/uaa/token/refusal.js';
import { TpksError } from '../../../../src/errors.js';
import { Secret } from '../../../../src/secret.js';

const person: Asked = {
  uaa: 'https://uaa.example.com:8443',
  grant: 'password',
  identity: 'dana',
  clientId: 'pks_cli',
  clientSecret: new Secret(''),
  scope: undefined,
  check: 'the user dana and its password',
};
const program: Asked = {
  ...person,
  ...{ grant: 'client_credentials', identity: 'robot', clientId: 'robot', check: undefined },
};
const locked = 'Your account has been locked because of too many failed attempts to login.';
const notAllowed = '[x.y] is invalid. This user is not allowed any of the requested scopes';

test.each([
  ['unauthorized', locked, person, 'tpks uaa user unlock dana'],
  ['unauthorized', locked, { ...person, identity: undefined }, 'tpks uaa user unlock NAME'],
  [
    'unauthorized',
    'Bad credentials',
    person,
    'check the user dana and its password, the client pks_cli and its secret',
  ],
  ['invalid_client', 'Unauthorized grant type: client_credentials', program, 'client get robot'],
  ['invalid_scope', 'Invalid scope: x.y', program, 'leave --scope out for all that robot may have'],
  ['invalid_scope', notAllowed, { ...person, scope: 'x.y' }, 'tpks uaa member add x.y dana'],
  ['invalid_scope', notAllowed, person, 'asks for nothing that you have'],
])('%s: %s, with what to do next', (oauthError, message, asked, hint) => {
  const kind = oauthError === 'invalid_scope' ? 'failed' : 'unauthenticated';
  const error = new TpksError(kind, message, { status: 401, oauthError });
  expect(refusal(error, asked)).toMatchObject({
    ...{ kind, message, status: 401, oauthError },
    hint: expect.stringContaining(hint),
  });
});

test.each([
  ['implicit', 'the client pks_cli, and that the target'],
  ['authorization_code', "that the client pks_cli has no secret (for an empty one: -s '')"],
])('%s without a secret: %s', (grant, hint) => {
  const error = new TpksError('unauthenticated', 'Bad credentials', { status: 401 });
  expect(refusal(error, { ...person, grant, clientSecret: undefined })).toMatchObject({
    hint: expect.stringContaining(hint),
  });
});

test('what is explained already, and what is no refusal, stays as it is', () => {
  const explained = new TpksError('unauthenticated', 'Invalid', { hint: 'get another' });
  const network = new TpksError('unavailable', 'no network');
  expect(refusal(explained, person)).toBe(explained);
  expect(refusal(network, person)).toBe(network);
});
