import { beforeEach, describe, expect, test } from '@jest/globals';
import { basic, createHarness, type Harness } from '../harness.js';

let uaa: Harness;
beforeEach(async () => {
  uaa = await createHarness();
});

const send = (path: string, token: unknown, more: Record<string, string> = {}) =>
  uaa.form(
    path,
    { token: String(token), ...more },
    { authorization: basic('pks_client', uaa.uaa.pksClientSecret) },
  );

describe('check_token', () => {
  test('returns the claims of a valid token', async () => {
    const { json } = await uaa.login('cody');
    const response = await send('/check_token', json['access_token']);
    expect(response.status).toBe(200);
    expect(response.json).toMatchObject({
      user_name: 'cody',
      client_id: 'pks_cli',
      revocable: false,
      zid: 'uaa',
    });
    expect(response.json['scope']).toEqual(expect.arrayContaining(['pks.clusters.manage']));
  });

  test('returns 400 for an expired token', async () => {
    const { json } = await uaa.login('cody');
    uaa.passSeconds(601);
    expect(await send('/check_token', json['access_token'])).toMatchObject({
      status: 400,
      json: { error: 'invalid_token', error_description: 'Token has expired' },
    });
  });

  test('requires the scopes in the request', async () => {
    const { json } = await uaa.login('cody');
    const scopes = 'openid,pks.clusters.admin,x';
    expect(await send('/check_token', json['access_token'], { scopes })).toMatchObject({
      status: 400,
      json: {
        error: 'invalid_scope',
        error_description: 'Some requested scopes are missing: pks.clusters.admin,x',
      },
    });
  });

  test('accepts only clients with uaa.resource and only Basic authentication', async () => {
    const { json } = await uaa.login('cody');
    const fields = { token: String(json['access_token']) };
    expect(
      await uaa.form('/check_token', fields, { authorization: basic('admin', 'adminsecret') }),
    ).toMatchObject({
      status: 403,
      json: { error: 'access_denied', error_description: 'Access is denied' },
    });
    const byForm = { ...fields, client_id: 'pks_client', client_secret: uaa.uaa.pksClientSecret };
    expect(await uaa.form('/check_token', byForm)).toMatchObject({
      status: 401,
      json: {
        error: 'unauthorized',
        error_description: 'An Authentication object was not found in the SecurityContext',
      },
    });
  });
});

describe('introspect', () => {
  test('returns the claims of an active token and nothing about other tokens', async () => {
    const { json } = await uaa.login('cody');
    expect((await send('/introspect', json['access_token'])).json).toMatchObject({
      active: true,
      user_name: 'cody',
    });
    const response = await send('/introspect', 'nonsense');
    expect(response).toMatchObject({ status: 200, json: { revocable: false, active: false } });
  });
});
