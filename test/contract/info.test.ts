import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../src/api/client/api-error.js';
import { readInfo } from '../../src/api/uaa/info.js';
import { createTokenVerifier } from '../../src/api/uaa/token-verification.js';
import { servers, type ContractServer } from './servers.js';

describe.each(servers)('public information on %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  test('/info returns the version, the links and the login prompts', async () => {
    const info = await readInfo(withStatusErrors(server.send), server.uaa);
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

  test('/login returns the same as /info if JSON is requested', async () => {
    const [info, login] = await Promise.all([server.raw('/info'), server.raw('/login')]);
    expect(login.json()).toEqual(info.json());
  });

  test('another path redirects to the login page, which is an unexpected response', async () => {
    const info = readInfo(withStatusErrors(server.send), `${server.uaa}/nowhere`);
    await expect(info).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining(`redirected the request to ${server.uaa}/login (HTTP 302)`),
    });
  });

  test('/healthz returns ok', async () => {
    const { status, text } = await server.raw('/healthz');
    expect([status, text.trim()]).toEqual([200, 'ok']);
  });

  test.each(['/.well-known/openid-configuration', '/oauth/token/.well-known/openid-configuration'])(
    '%s lists the endpoints',
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

  test('the token keys verify only tokens of this UAA', async () => {
    const keys = createTokenVerifier(withStatusErrors(server.send), server.uaa);
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

  test('/token_key returns one of the keys in /token_keys', async () => {
    const [one, all] = await Promise.all([server.raw('/token_key'), server.raw('/token_keys')]);
    expect(one.json()).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' });
    expect(all.json()['keys']).toContainEqual(one.json());
  });
});
