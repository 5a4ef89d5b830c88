import { beforeAll, expect, test } from '@jest/globals';
import { createHarness, type Harness } from './harness.js';

let uaa: Harness;
beforeAll(async () => {
  uaa = await createHarness();
});

test('a token is read from the header, with a scheme in any case, or from the query', async () => {
  const token = await uaa.clientToken();
  const headers = { authorization: `bearer ${token}` };
  expect((await uaa.call('GET', '/Users', { headers })).status).toBe(200);
  expect((await uaa.call('GET', `/Users?access_token=${token}`)).status).toBe(200);
});

test('a token cannot inject headers through its key id', async () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = `${part({ alg: 'RS256', kid: 'a\r\nX: y\u65e5' })}.${part({})}.x`;
  const { status, headers } = await uaa.call('GET', '/Users', { token: forged });
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toMatch(/^[ -~]+$/);
});
