import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../src/http/status-error.js';
import { createInfoEndpoint } from '../../src/uaa/info.js';
import { createTokenKeys } from '../../src/uaa/tokens/token-keys.js';
import { servers, type ContractServer } from './servers.js';

describe.each(servers)('public information, %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  test('the server says its version, its links and what it asks for at a login', async () => {
    const info = await createInfoEndpoint(withStatusErrors(server.send), server.uaa).get();
    expect(info).toMatchObject({
      app: { version: expect.stringMatching(new RegExp(`^${server.release}\\.`)) },
      links: { uaa: expect.any(String), login: expect.any(String) },
      zone_name: 'uaa',
      entityID: expect.any(String),
      commit_id: expect.any(String),
      idpDefinitions: {},
      prompts: { username: ['text', 'Email'], password: ['password', 'Password'] },
      timestamp: expect.any(String),
    });
    expect(info.prompts).not.toHaveProperty('passcode');
  });

  test('/login says the same where JSON is asked for', async () => {
    const [info, login] = await Promise.all([server.raw('/info'), server.raw('/login')]);
    expect(login.json()).toEqual(info.json());
  });

  test('another path redirects to the login page, which is an unexpected response', async () => {
    const elsewhere = createInfoEndpoint(withStatusErrors(server.send), `${server.uaa}/nowhere`);
    await expect(elsewhere.get()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(`redirected the request to ${server.uaa}/login (HTTP 302)`),
    });
  });

  test('it is well', async () => {
    const { status, text } = await server.raw('/healthz');
    expect([status, text.trim()]).toEqual([200, 'ok']);
  });

  test.each(['/.well-known/openid-configuration', '/oauth/token/.well-known/openid-configuration'])(
    '%s names the endpoints',
    async (path) => {
      const { status, json } = await server.raw(path);
      expect(status).toBe(200);
      expect(json()).toMatchObject({
        issuer: expect.stringMatching(/\/oauth\/token$/),
        token_endpoint: expect.stringMatching(/\/oauth\/token$/),
        authorization_endpoint: expect.stringMatching(/\/oauth\/authorize$/),
        userinfo_endpoint: expect.stringMatching(/\/userinfo$/),
        jwks_uri: expect.stringMatching(/\/token_keys$/),
        token_endpoint_auth_methods_supported: expect.arrayContaining(['client_secret_post']),
      });
    },
  );

  test('its keys verify its tokens, and no other', async () => {
    const keys = createTokenKeys(withStatusErrors(server.send), server.uaa);
    const token = await server.adminToken();
    const header = JSON.parse(
      Buffer.from(token.split('.')[0] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>;
    expect(header).toMatchObject({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
    expect(await keys.verify(token)).toBe(header['kid']);
    const [head, body] = token.split('.');
    await expect(keys.verify([head, body, 'AAAA'].join('.'))).rejects.toMatchObject({
      kind: 'failed',
    });
  });

  test('the single key is the same as in the list', async () => {
    const [one, all] = await Promise.all([server.raw('/token_key'), server.raw('/token_keys')]);
    expect(one.json()).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' });
    expect(all.json()['keys']).toContainEqual(one.json());
  });
});
