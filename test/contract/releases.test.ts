import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/domain/auth/claims.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('differences between releases on %s', (_name, start) => {
  let server: ContractServer;
  let bearer: string;
  beforeAll(async () => {
    server = await start();
    bearer = await server.adminToken();
  }, 60_000);
  afterAll(() => server.stop());

  const isAtLeast = (release: '74.5' | '77') =>
    server.release === '77' || server.release === release;

  const addClient = async (fields: object): Promise<string> => {
    const id = unique('release');
    const client = {
      client_id: id,
      scope: ['openid'],
      redirect_uri: ['https://a.example/'],
      ...fields,
    };
    const { status } = await server.raw('/oauth/clients', { bearer, json: client });
    expect(status).toBe(201);
    return id;
  };

  test('identity providers contain an alias as of 77', async () => {
    const { text } = await server.raw('/identity-providers', { bearer });
    const [provider] = JSON.parse(text) as object[];
    const alias = { aliasId: null, aliasZid: null };
    if (isAtLeast('77')) expect(provider).toMatchObject(alias);
    else expect(Object.keys(provider ?? {})).not.toContain('aliasId');
  });

  test('the discovery document contains more members as of 77', async () => {
    const path = '/.well-known/openid-configuration';
    const document = (await server.raw(path)).json();
    const isLater = isAtLeast('77');
    expect(document['token_endpoint_auth_methods_supported']).toEqual([
      ...['client_secret_basic', 'client_secret_post'],
      ...(isLater ? ['private_key_jwt'] : []),
    ]);
    expect('code_challenge_methods_supported' in document).toBe(isLater);
    expect('end_session_endpoint' in document).toBe(isLater);
  });

  test('the route for the strength of passwords exists before 74.5', async () => {
    const { status } = await server.raw('/password/score', { form: { password: 'koala' } });
    expect(status).toBe(isAtLeast('74.5') ? 404 : 200);
  });

  test('a token of a user can change the secret of a client as of 74.5', async () => {
    const id = await addClient({
      ...{ client_secret: 's', authorized_grant_types: ['password'] },
      ...{ scope: ['clients.secret'], autoapprove: true },
    });
    const userName = unique('release');
    const user = await server.raw('/Users', {
      bearer,
      json: {
        ...{ userName, password: 'koala', name: { familyName: 'F', givenName: 'G' } },
        emails: [{ value: `${userName}@example.com` }],
      },
    });
    const filter = encodeURIComponent('displayName eq "clients.secret"');
    const groups = (await server.raw(`/Groups?filter=${filter}`, { bearer })).json();
    const [group] = groups['resources'] as { id: string }[];
    const member = { value: user.json()['id'], type: 'USER', origin: 'uaa' };
    await server.raw(`/Groups/${group?.id ?? ''}/members`, { bearer, json: member });
    const form = { grant_type: 'password', client_id: id, client_secret: 's' };
    const token = await server.raw('/oauth/token', {
      form: { ...form, username: userName, password: 'koala' },
    });
    const { status, json } = await server.raw(`/oauth/clients/${id}/secret`, {
      ...{ method: 'PUT', bearer: String(token.json()['access_token']) },
      json: { oldSecret: 's', secret: 't' },
    });
    expect([status, json()]).toEqual(
      isAtLeast('74.5')
        ? [200, { status: 'ok', message: 'secret updated' }]
        : [
            400,
            {
              error: 'invalid_client',
              error_description: 'Only a client can change client secret',
            },
          ],
    );
  });

  test('tokens of a client without a secret contain client_auth_method as of 77', async () => {
    const form = { grant_type: 'password', username: 'alana', password: 'alana-password' };
    const { json } = await server.raw('/oauth/token', { basic: ['pks_cli', ''], form });
    const claims = readClaims(String(json()['access_token'])) ?? {};
    expect(claims['client_auth_method']).toBe(isAtLeast('77') ? 'none' : undefined);
    expect(readClaims(bearer)).not.toHaveProperty('client_auth_method');
  });

  test('a public client cannot use a refresh token that was issued with its secret', async () => {
    const id = await addClient({
      ...{ client_secret: 's', allowpublic: true, scope: ['openid'] },
      authorized_grant_types: ['password', 'refresh_token'],
    });
    const form = { grant_type: 'password', username: 'alana', password: 'alana-password' };
    const login = await server.raw('/oauth/token', { basic: [id, 's'], form });
    const refreshForm = {
      grant_type: 'refresh_token',
      refresh_token: String(login.json()['refresh_token']),
    };
    const { status, json } = await server.raw('/oauth/token', {
      form: { ...refreshForm, client_id: id },
    });
    expect([status, json()['error_description']]).toEqual([
      401,
      isAtLeast('77') ? 'Refresh without client authentication not allowed.' : 'Bad credentials',
    ]);
  });
});
