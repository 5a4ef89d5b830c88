import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../src/http/status-error.js';
import * as v from 'valibot';
import { createUaaApi } from '../../../src/uaa/api.js';
import { explainUaaFailure } from '../../../src/uaa/explain-failure.js';
import { fakeSend } from '../../support/fake-send.js';

const alana = { identity: "al'ana", clientId: 'pks_cli', grant: 'password' };
const robot = { identity: 'robot', clientId: 'robot', grant: 'client_credentials' };

const refusal = (scope: string) => ({
  error: 'insufficient_scope',
  error_description: 'Insufficient scope for this resource',
  scope,
});

function refused(body: unknown, owner: Parameters<typeof explainUaaFailure>[0], status = 403) {
  const { send } = fakeSend({ status, body });
  // The inner layer knows the owner of the token, so its explanation is kept.
  const api = createUaaApi(
    withStatusErrors(send, explainUaaFailure(owner)),
    'https://uaa.example.com',
    'another.scope',
  );
  return api.get({ noun: 'user', schema: v.looseObject({}) }, ['Users']);
}

describe('a missing scope', () => {
  test.each([
    ['uaa.admin scim.read zones.uaa.admin', 'scim.read'],
    ['uaa.admin scim.write uaa.account_status.write zones.uaa.admin', 'scim.write'],
    ['uaa.admin zones.lab-id.admin zones.read zones.uaa.read', 'zones.read'],
    ['scim.userids', 'scim.userids'],
  ])('of those that UAA tried (%s) is %s', async (tried, scope) => {
    await expect(refused(refusal(tried), robot)).rejects.toMatchObject({
      kind: 'forbidden',
      status: 403,
      oauthError: 'insufficient_scope',
      message: `Your token lacks the required scope ${scope}`,
    });
  });

  test.each([
    ['password', 'password.write'],
    ['openid', 'openid'],
    ['oauth', 'oauth.approvals'],
  ])('behind the resource %s is %s', async (resource, scope) => {
    const body = {
      error: 'access_denied',
      error_description: `Invalid token does not contain resource id (${resource})`,
    };
    await expect(refused(body, alana)).rejects.toMatchObject({
      message: `Your token lacks the required scope ${scope}`,
    });
  });

  test('is granted to a user by that name, and the client must let it pass', async () => {
    await expect(refused(refusal('uaa.admin scim.read'), alana)).rejects.toMatchObject({
      hint: expect.stringMatching(
        /token client get admin\n.*member add scim\.read 'al'\\''ana'\n.*client get pks_cli/,
      ),
    });
  });

  test('is granted to a client by its authorities', async () => {
    await expect(refused(refusal('uaa.admin scim.read'), robot)).rejects.toMatchObject({
      hint: expect.stringContaining('tpks uaa client update robot --authorities'),
    });
  });

  test('of a client is not openid: it is no user', async () => {
    const body = {
      error: 'access_denied',
      error_description: 'Invalid token does not contain resource id (openid)',
    };
    await expect(refused(body, robot)).rejects.toMatchObject({
      hint: expect.stringMatching(/not to a user/),
    });
  });
});

test.each([
  [403, { error: 'invalid_self_edit', error_description: 'Users are only allowed to …' }],
  [403, { error: 'access_denied', error_description: 'Access is denied' }],
  [403, refusal('uaa.admin')],
  [401, refusal('uaa.admin scim.read')],
])('any other failure (%s %j) keeps the words of UAA', async (status, body) => {
  const { send } = fakeSend({ status, body });
  const request = { method: 'GET', url: 'https://uaa.example.com/Users' };
  await expect(withStatusErrors(send, explainUaaFailure(alana))(request)).rejects.toMatchObject({
    message: body.error_description,
  });
});
