import { beforeEach, describe, expect, test } from '@jest/globals';
import { basic, createHarness, type Harness } from '../harness.js';

let uaa: Harness;
beforeEach(async () => {
  uaa = await createHarness();
});

const ask = (path: string, token: unknown, more: Record<string, string> = {}) =>
  uaa.form(
    path,
    { token: String(token), ...more },
    { authorization: basic('pks_client', uaa.uaa.pksClientSecret) },
  );

describe('check_token', () => {
  test('tells the claims of a good token', async () => {
    const { json } = await uaa.login('cody');
    const answer = await ask('/check_token', json['access_token']);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      user_name: 'cody',
      client_id: 'pks_cli',
      revocable: false,
      zid: 'uaa',
    });
    expect(answer.json['scope']).toEqual(expect.arrayContaining(['pks.clusters.manage']));
  });

  test('says 400 of an expired token', async () => {
    const { json } = await uaa.login('cody');
    uaa.passSeconds(601);
    expect(await ask('/check_token', json['access_token'])).toMatchObject({
      status: 400,
      json: { error: 'invalid_token', error_description: 'Token has expired' },
    });
  });

  test('wants the scopes that are named', async () => {
    const { json } = await uaa.login('cody');
    const scopes = 'openid,pks.clusters.admin,x';
    expect(await ask('/check_token', json['access_token'], { scopes })).toMatchObject({
      status: 400,
      json: {
        error: 'invalid_scope',
        error_description: 'Some requested scopes are missing: pks.clusters.admin,x',
      },
    });
  });

  test('is for clients with uaa.resource alone, by Basic alone', async () => {
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
  test('says active, and of anything else nothing but that it is not', async () => {
    const { json } = await uaa.login('cody');
    expect((await ask('/introspect', json['access_token'])).json).toMatchObject({
      active: true,
      user_name: 'cody',
    });
    const answer = await ask('/introspect', 'nonsense');
    expect(answer).toMatchObject({ status: 200, json: { revocable: false, active: false } });
  });
});
