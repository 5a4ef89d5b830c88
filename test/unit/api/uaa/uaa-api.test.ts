import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { createIdentityProviders } from '../../../../src/api/uaa/identity-providers.js';
import { createUaaApi, explainUaaFailure, explainZone } from '../../../../src/api/uaa/uaa-api.js';
import { fakeSend as fakeResponses } from '../../../support/fakes/fake-send.js';
import { fakeSend } from './fake-send.js';

const request = { method: 'GET', url: 'https://uaa.example.com/Users' };

describe('an empty object in a response', () => {
  const explain = explainZone({ subdomain: 'dev' });
  const failure = (status: number, body: unknown) => ({
    request,
    status,
    message: `HTTP ${String(status)}`,
    oauthError: undefined,
    body,
  });

  test('is reported as a missing zone, not as a missing resource, with status 404', () => {
    expect(explain(failure(404, {}))).toMatchObject({
      kind: 'failed',
      message: 'Identity zone with the subdomain dev not found',
    });
    expect(explainZone({ id: 'z-1' })(failure(404, {}))?.message).toBe(
      'Identity zone with the id z-1 not found',
    );
  });

  test('is reported as missing permissions in the zone with status 403', () => {
    expect(explain(failure(403, {}))).toMatchObject({ kind: 'forbidden' });
  });

  test.each([
    [404, undefined],
    [404, { error: 'scim_resource_not_found' }],
    [403, { error: 'insufficient_scope' }],
    [500, {}],
  ])('is not recognized in status %i with %j', (status, body) => {
    expect(explain(failure(status, body))).toBeUndefined();
  });
});

const alana = { identity: "al'ana", clientId: 'pks_cli', grant: 'password' };
const robot = { identity: 'robot', clientId: 'robot', grant: 'client_credentials' };

const insufficientScope = (scope: string) => ({
  error: 'insufficient_scope',
  error_description: 'Insufficient scope for this resource',
  scope,
});

function sendRejected(body: unknown, owner: Parameters<typeof explainUaaFailure>[0], status = 403) {
  const { send } = fakeResponses({ status, body });
  const api = createUaaApi(
    withStatusErrors(send, explainUaaFailure(owner)),
    'https://uaa.example.com',
  );
  return api.get({ noun: 'user', schema: v.looseObject({}) }, ['Users']);
}

describe('a missing scope', () => {
  test.each([
    ['uaa.admin scim.read zones.uaa.admin', 'scim.read'],
    ['uaa.admin scim.write uaa.account_status.write zones.uaa.admin', 'scim.write'],
    ['uaa.admin zones.lab-id.admin zones.read zones.uaa.read', 'zones.read'],
    ['scim.userids', 'scim.userids'],
  ])('is selected from the scopes %s that the UAA lists: %s', async (tried, scope) => {
    await expect(sendRejected(insufficientScope(tried), robot)).rejects.toMatchObject({
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
  ])('is derived from the resource %s: %s', async (resource, scope) => {
    const body = {
      error: 'access_denied',
      error_description: `Invalid token does not contain resource id (${resource})`,
    };
    await expect(sendRejected(body, alana)).rejects.toMatchObject({
      message: `Your token lacks the required scope ${scope}`,
    });
  });

  test('of a user has a hint how to grant it to the user and the client', async () => {
    await expect(
      sendRejected(insufficientScope('uaa.admin scim.read'), alana),
    ).rejects.toMatchObject({
      hint: expect.stringMatching(
        /token client get admin\n.*member add scim\.read 'al'\\''ana'\n.*client get pks_cli/,
      ),
    });
  });

  test('of a client has a hint how to grant it as an authority', async () => {
    await expect(
      sendRejected(insufficientScope('uaa.admin scim.read'), robot),
    ).rejects.toMatchObject({
      hint: expect.stringContaining('tpks uaa client update robot --authorities'),
    });
  });

  test('of a client has another hint for openid, which only users have', async () => {
    const body = {
      error: 'access_denied',
      error_description: 'Invalid token does not contain resource id (openid)',
    };
    await expect(sendRejected(body, robot)).rejects.toMatchObject({
      hint: expect.stringMatching(/not to a user/),
    });
  });
});

test.each([
  [403, { error: 'invalid_self_edit', error_description: 'Users are only allowed to ...' }],
  [403, { error: 'access_denied', error_description: 'Access is denied' }],
  [403, insufficientScope('uaa.admin')],
  [401, insufficientScope('uaa.admin scim.read')],
])('keeps the message of the UAA for any other error (%s %j)', async (status, body) => {
  const { send } = fakeResponses({ status, body });
  const request = { method: 'GET', url: 'https://uaa.example.com/Users' };
  await expect(withStatusErrors(send, explainUaaFailure(alana))(request)).rejects.toMatchObject({
    message: body.error_description,
  });
});

describe('identity providers', () => {
  const uaa = 'https://uaa.example.com';
  const provider = (originKey: string) => ({
    id: `id of ${originKey}`,
    originKey,
    type: 'saml',
    name: null,
    config: { some: 'thing' },
  });

  test('are found by their origins, ignoring case', async () => {
    const { send } = fakeSend(() => ['okta', 'Corp'].map(provider));
    const providers = createIdentityProviders(send, uaa);
    expect(await providers.get({ origin: 'corp' })).toEqual(provider('Corp'));
    await expect(providers.get({ origin: 'ldap' })).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Identity provider with the origin ldap not found',
      hint: 'tpks uaa idps',
    });
  });
});
