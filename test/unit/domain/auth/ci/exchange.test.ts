import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../../src/base/errors.js';
import { Secret } from '../../../../../src/base/secret.js';
import { exchangeIdToken } from '../../../../../src/domain/auth/ci/exchange.js';
import type { Token } from '../../../../../src/domain/auth/token.js';
import { jwt } from '../../../../support/fixtures/jwt.js';

const uaa = 'https://api.example.com:8443';
const now = new Date('2026-12-01T12:00:00Z');
const seconds = now.getTime() / 1000;
const trustCommand =
  'tpks uaa trust add NAME --github octo/app --environment prod --audience other';

const claims = {
  iss: 'https://token.actions.githubusercontent.com',
  sub: 'repo:octo/app:environment:prod',
  aud: 'other',
  exp: seconds + 300,
};

function exchange(
  idToken: string,
  response: { readonly scope: string } | { readonly error: TpksError },
) {
  const sent: string[] = [];
  const jwtBearer = async ({ assertion }: { readonly assertion: Secret }): Promise<Token> => {
    sent.push(assertion.reveal());
    if ('error' in response) throw response.error;
    return {
      accessToken: new Secret('access'),
      scope: response.scope,
      lifetimeSeconds: 600,
      issuedAt: now,
      clockOffsetSeconds: 0,
    };
  };
  const result = exchangeIdToken(
    { idToken: new Secret(idToken), uaa, clientId: 'tpks_ci' },
    { grants: { jwtBearer }, now: () => now },
  );
  return { result, sent };
}

function rejection(message: string, oauthError = 'invalid_token', status = 401): TpksError {
  return new TpksError('unauthenticated', message, { oauthError, status });
}

test('the command that adds the trust has no audience if one of several is the default', async () => {
  const { result } = exchange(jwt({ ...claims, aud: ['other', uaa] }), { scope: 'openid' });
  await expect(result).rejects.toMatchObject({
    hint: 'an administrator can grant one: tpks uaa trust add NAME --github octo/app --environment prod --scope pks.clusters.manage',
  });
});

describe('a rejected ID token is explained:', () => {
  test.each<[string, object, TpksError, string, string]>([
    [
      'the issuer is unknown',
      {},
      rejection(`Unable to map issuer, ${claims.iss} , to a single registered provider`),
      `api.example.com:8443 does not trust the issuer ${claims.iss}`,
      `an administrator can add the trust: ${trustCommand}`,
    ],
    [
      'there is no user for the subject',
      {},
      rejection(
        'The user account must be pre-created. Please contact your system administrator.',
        'unauthorized',
      ),
      `api.example.com:8443 does not trust the subject ${claims.sub}`,
      `an administrator can add the trust: ${trustCommand}`,
    ],
    [
      'there is no user for the branch of a job',
      { sub: 'repo:octo/app:ref:refs/heads/main' },
      rejection('The user account must be pre-created. Please contact your system administrator.'),
      'api.example.com:8443 does not trust the subject repo:octo/app:ref:refs/heads/main',
      'if the trust is for an environment, add this line to the job: environment: NAME\n' +
        'otherwise, an administrator can add the trust: tpks uaa trust add NAME --github octo/app --ref main --audience other',
    ],
    [
      'there is no user for pull requests, which all have the same subject',
      { sub: 'repo:octo/app:pull_request' },
      rejection('The user account must be pre-created. Please contact your system administrator.'),
      'api.example.com:8443 does not trust the subject repo:octo/app:pull_request',
      'GitHub gives all pull requests of a repository the same subject; name an environment in the job instead: environment: NAME',
    ],
    [
      'it has expired, which UAA 4 reports',
      { exp: seconds - 90 },
      rejection(`Token expired at ${seconds - 90}`),
      'The ID token expired 1 min 30 s ago',
      'request a new one, and check the clock of this machine',
    ],
    [
      'it has expired, which UAA 77 reports as a wrong signature',
      { exp: seconds - 90 },
      rejection('Could not verify token signature.'),
      'The ID token expired 1 min 30 s ago',
      'request a new one, and check the clock of this machine',
    ],
    [
      'the clock of this machine is slow',
      { exp: seconds + 60 },
      rejection(`Token expired at ${seconds + 60}`),
      'The ID token expired at 2026-12-01T12:01:00Z',
      'request a new one, and check the clock of this machine',
    ],
    [
      'the audience is wrong',
      {},
      rejection(`Some parties were not in the token audience: ${uaa}`),
      'The ID token has the wrong audience: other',
      `api.example.com:8443 expects ${uaa}: tpks login --ci --audience ${uaa}, or aud in the CI configuration`,
    ],
    [
      'there is no user for the subject, and the clock of this machine is fast',
      { exp: seconds - 90 },
      rejection('The user account must be pre-created. Please contact your system administrator.'),
      `api.example.com:8443 does not trust the subject ${claims.sub}`,
      `an administrator can add the trust: ${trustCommand}`,
    ],
    [
      'it is not valid yet',
      { nbf: seconds + 600 },
      rejection('Could not verify token signature.'),
      'The ID token is not valid before 2026-12-01T12:10:00Z',
      'check the clock of this machine',
    ],
    [
      'the signature is wrong',
      {},
      rejection('Could not verify token signature.'),
      'api.example.com:8443 could not verify the signature of the ID token',
      expect.stringContaining('try again after ten minutes') as unknown as string,
    ],
    [
      'the client lacks the grant',
      {},
      rejection('Unauthorized grant type: urn:ietf:params:oauth:grant-type:jwt-bearer'),
      'The client tpks_ci does not allow CI logins',
      'use a client that tpks uaa trust add created (--client-name or TPKS_CLIENT_NAME)',
    ],
    [
      'there is no such client',
      {},
      rejection('Bad credentials', 'invalid_client'),
      'The UAA at api.example.com:8443 has no client tpks_ci, or the client requires a secret',
      `check --client-name or TPKS_CLIENT_NAME\nan administrator can add the trust: ${trustCommand}`,
    ],
    [
      'the client accepts other issuers only',
      {},
      rejection('Client is not authorized for specified user&#39;s identity provider.'),
      `The client tpks_ci does not accept the issuer ${claims.iss}`,
      `an administrator can add the trust: ${trustCommand}`,
    ],
  ])('%s', async (_name, changes, error, message, hint) => {
    const { result } = exchange(jwt({ ...claims, ...changes }), { error });
    await expect(result).rejects.toMatchObject({
      kind: 'unauthenticated',
      message,
      hint,
      facts: [
        ['Issuer', claims.iss],
        ['Subject', { ...claims, ...changes }.sub],
        ['Audience', 'other'],
      ],
    });
  });

  test('the UAA cannot read the keys; a retry can help', async () => {
    const error = new TpksError('unavailable', 'api.example.com:8443 failed', { status: 500 });
    await expect(exchange(jwt(claims), { error }).result).rejects.toMatchObject({
      kind: 'unavailable',
      hint: expect.stringContaining('--token-key FILE'),
    });
  });
});
