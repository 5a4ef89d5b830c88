import { expect, test } from '@jest/globals';
import { isTpksError } from '../../../../src/base/errors.js';
import { redact } from '../../../../src/base/secret.js';
import { findEmptySecrets } from '../../../../src/domain/access-review/empty-secrets.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { aReviewedClient } from '../../../support/fixtures/review-content.js';

const uaa = 'https://uaa.example.com:8443';

function findIn(response: FakeResponse, grants: readonly string[] = ['client_credentials']) {
  const { send, requests } = fakeSend(response);
  const client = aReviewedClient('a b&c', { authorized_grant_types: [...grants] });
  return { requests, found: findEmptySecrets([client], send, uaa) };
}

const badCredentials = { error: 'unauthorized', error_description: 'Bad credentials' };

test.each<[status: number, body: unknown, isEmpty: boolean]>([
  [200, { access_token: 'an-issued-token', token_type: 'bearer' }, true],
  // The secret is correct, and something else is not.
  [400, { error: 'invalid_scope', error_description: 'x is invalid' }, true],
  [401, { error: 'invalid_client', error_description: 'Unauthorized grant type: x' }, true],
  [401, badCredentials, false],
  [401, { error: 'invalid_client', error_description: 'Bad client credentials' }, false],
  [401, '<html>', false],
])('HTTP %i %j', async (status, body, isEmpty) => {
  const { found } = findIn({ status, body });
  expect([...(await found)]).toEqual(isEmpty ? ['a b&c'] : []);
});

test('sends one request for each client, with the empty secret in the body', async () => {
  const { found, requests } = findIn({ status: 401, body: badCredentials });
  await found;
  expect(requests).toMatchObject([
    {
      method: 'POST',
      url: `${uaa}/oauth/token`,
      body: 'grant_type=client_credentials&client_id=a+b%26c&client_secret=',
    },
  ]);
});

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

test.each([[[jwtBearer]], [[jwtBearer, 'refresh_token']], [['implicit']], [[]]])(
  'clients with the grants %j, which need no secret, are not tried',
  async (grants) => {
    const { found, requests } = findIn({ status: 200, body: {} }, grants);
    expect([...(await found), ...requests]).toEqual([]);
  },
);

test.each([
  [503, { error: 'unavailable' }],
  [429, {}],
  [500, '<html>'],
  [200, { token: 'of another kind' }],
  [400, '<html>'],
])('HTTP %i %j is an error, because the result is unknown', async (status, body) => {
  await expect(findIn({ status, body }).found).rejects.toMatchObject({
    kind: 'unavailable',
    message: `Cannot check whether the client a b&c accepts an empty secret: HTTP ${String(status)}`,
    hint: 'run the command again, or omit --try-empty-secrets',
  });
});

test('a malformed description does not crash the check', async () => {
  const body = { error: 'unauthorized', error_description: { toString: 2 } };
  expect([...(await findIn({ status: 401, body }).found)]).toEqual([]);
});

test('issued tokens are masked, and no error contains them', async () => {
  await findIn({ body: { access_token: 'a-secret-access-token' } }).found;
  expect(redact('got a-secret-access-token')).not.toContain('a-secret-access-token');
  const body = { access_token: 'another-access-token' };
  const error: unknown = await findIn({ status: 202, body }).found.catch(
    (reason: unknown) => reason,
  );
  if (!isTpksError(error)) throw error;
  expect(JSON.stringify([error.message, error.hint, error.cause])).not.toContain(
    'another-access-token',
  );
});
