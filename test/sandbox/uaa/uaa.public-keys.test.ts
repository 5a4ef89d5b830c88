import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startOidcIssuer, type OidcIssuer } from '../../support/servers/oidc-issuer.js';
import { createHarness, issuer as uaaUrl, type Harness } from './uaa-harness.js';

let issuer: OidcIssuer;
beforeAll(async () => {
  issuer = await startOidcIssuer('sandbox');
});
afterAll(() => issuer.close());

/** Valid at the time of the harness, which is in 2019. */
const times = { iat: 1_552_600_000, exp: 1_552_700_000 };

async function loginWithProvider({ form, call, clientToken }: Harness): Promise<number> {
  const token = await clientToken();
  const client = { client_id: 'ci', scope: ['openid'], client_secret: 's' };
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const json = { ...client, authorized_grant_types: [grant] };
  expect((await call('POST', '/oauth/clients', { token, json })).status).toBe(201);
  const provider = {
    ...{ type: 'oidc1.0', name: 'ci', originKey: 'ci' },
    config: {
      ...{ issuer: issuer.url, tokenKeyUrl: issuer.keysUrl, relyingPartyId: 'sandbox' },
      ...{ authUrl: issuer.url, tokenUrl: issuer.url, showLinkText: false },
    },
  };
  const created = await call('POST', '/identity-providers', { token, json: provider });
  expect(created.status).toBe(201);
  const assertion = await issuer.sign({ sub: 'job', ...times });
  const login = { grant_type: grant, client_id: 'ci', client_secret: 's', assertion };
  return (await form('/oauth/token', login)).status;
}

test('requests the keys of an identity provider over TLS that is verified with the CA of issuers', async () => {
  expect(await loginWithProvider(await createHarness({ issuerCa: issuer.ca }))).toBe(200);
  expect(await loginWithProvider(await createHarness())).toBe(500);
});

test('requests the keys of a client from its URL', async () => {
  const { call, form, clientToken } = await createHarness({ issuerCa: issuer.ca });
  const token = await clientToken();
  const json = { client_id: 'keyed', client_secret: 's', jwks_uri: issuer.keysUrl };
  await call('POST', '/oauth/clients', {
    token,
    json: { ...json, authorized_grant_types: ['client_credentials'] },
  });
  const claims = { iss: 'keyed', sub: 'keyed', jti: 'j', aud: `${uaaUrl}/oauth/token` };
  const login = async (options = {}): Promise<number> =>
    (
      await form('/oauth/token', {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await issuer.sign({ ...claims, ...times }, options),
      })
    ).status;
  expect([await login(), await login({ alg: 'ES256' }), await login({ kid: 'x' })]).toEqual([
    200, 200, 401,
  ]);
});
