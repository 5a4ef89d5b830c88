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
});
