import { expect, test } from '@jest/globals';
import { createHarness } from './harness.js';

const provider = {
  type: 'oidc1.0',
  originKey: 'github',
  name: 'GitHub',
  config: {
    authUrl: 'https://idp.example.com/auth',
    tokenUrl: 'https://idp.example.com/token',
    tokenKeyUrl: 'https://idp.example.com/keys',
    issuer: 'https://idp.example.com',
    relyingPartyId: 'uaa',
    showLinkText: false,
  },
};

test('a new server has four providers, of which LDAP is inactive', async () => {
  const { call, clientToken } = await createHarness();
  const token = await clientToken();
  const { parsed } = await call('GET', '/identity-providers?rawConfig=true', { token });
  expect(parsed).toMatchObject([
    { originKey: 'keystone', config: null },
    { originKey: 'ldap', active: false, config: { autoAddGroups: true } },
    { originKey: 'login-server', config: null },
    { originKey: 'uaa', config: { lockoutPolicy: { lockoutAfterFailures: 5 } } },
  ]);
});

test('a provider of another type is stored as sent', async () => {
  const { call, clientToken } = await createHarness();
  const token = await clientToken();
  const json = { type: 'saml', originKey: 's', name: 'S', config: { metaDataLocation: 'x' } };
  const path = '/identity-providers?rawConfig=true';
  expect(await call('POST', path, { token, json })).toMatchObject({
    status: 201,
    json: { type: 'saml', config: json.config },
  });
});

test('later releases reject a second OIDC provider with the same issuer', async () => {
  for (const [behaviour, status] of [
    ['4.30', 201],
    ['77', 409],
  ] as const) {
    const { call, clientToken } = await createHarness({ behaviour });
    const token = await clientToken();
    const config = { ...provider.config, relyingPartySecret: 'secret' };
    const send = (originKey: string) =>
      call('POST', '/identity-providers', { token, json: { ...provider, originKey, config } });
    expect((await send('one')).status).toBe(201);
    expect((await send('two')).status).toBe(status);
  }
});

test('deleting a provider deletes its users and mappings, but not the provider uaa', async () => {
  const { call, clientToken } = await createHarness();
  const token = await clientToken();
  const created = await call('POST', '/identity-providers', { token, json: provider });
  const json = {
    userName: 'octo',
    origin: 'github',
    emails: [{ value: 'octo@example.com' }],
  };
  const user = await call('POST', '/Users', { token, json });
  const path = `/identity-providers/${String(created.json['id'])}`;
  expect((await call('DELETE', path, { token })).status).toBe(200);
  expect((await call('GET', path, { token })).status).toBe(404);
  const userPath = `/Users/${String(user.json['id'])}`;
  expect((await call('GET', userPath, { token })).status).toBe(404);

  const { parsed } = await call('GET', '/identity-providers', { token });
  const uaa = (parsed as { id: string; originKey: string }[]).find(
    ({ originKey }) => originKey === 'uaa',
  );
  const uaaPath = `/identity-providers/${String(uaa?.id)}`;
  expect((await call('DELETE', uaaPath, { token })).status).toBe(200);
  expect((await call('GET', uaaPath, { token })).status).toBe(200);
});
