import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/base/secret.js';
import { mainServers, type ContractServer } from './servers.js';

describe.each(mainServers)('check_token on %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  test('rejects an expired access token and an expired refresh token with different errors', async () => {
    const short = await server.shortLived();
    try {
      const grants = short.grants(short.clientId, '');
      const { accessToken, refreshToken, lifetimeSeconds } = await grants.password({
        username: 'alana',
        password: new Secret('alana-password'),
      });
      expect(lifetimeSeconds).toBeLessThanOrEqual(short.tokenSeconds);
      await short.letTimePass(short.tokenSeconds + 1);
      const expired = await short.raw('/check_token', {
        form: { token: accessToken },
        basic: ['pks_client', short.pksClientSecret],
      });
      expect(expired.status).toBe(400);
      expect(expired.json()).toEqual({
        error: 'invalid_token',
        error_description: 'Token has expired',
      });
      const used = await short.raw('/userinfo', { bearer: accessToken });
      expect(used.status).toBe(401);
      expect(used.json()).toEqual({
        error: 'invalid_token',
        error_description: expect.stringMatching(/^Invalid access token: expired at /),
      });
      const refreshed = await grants.refresh(new Secret(refreshToken ?? ''));
      expect(refreshed.lifetimeSeconds).toBeGreaterThan(0);
      await short.letTimePass(short.refreshSeconds - short.tokenSeconds);
      await expect(grants.refresh(new Secret(refreshToken ?? ''))).rejects.toMatchObject({
        kind: 'unauthenticated',
        oauthError: 'invalid_token',
        message:
          server.release === '77'
            ? 'The token expired, was revoked, or the token ID is incorrect.'
            : expect.stringMatching(/^Invalid refresh token expired at /),
      });
    } finally {
      await short.stop();
    }
  }, 60_000);
});
