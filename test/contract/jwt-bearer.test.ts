import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { readClaims } from '../../src/domain/auth/claims.js';
import { startOidcIssuer, type OidcIssuer } from '../support/servers/oidc-issuer.js';
import { mainServers, unique, type ContractServer } from './servers.js';

const audience = 'tpks-contract';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const preCreatedText =
  'The user account must be pre-created. Please contact your system administrator.';
const signatureText = 'Could not verify token signature.';

type Fields = Readonly<Record<string, unknown>>;

/** Logins with tokens of an identity provider, as CI systems do. */
describe.each(mainServers)('the jwt-bearer grant on %s', (_name, start) => {
  let server: ContractServer;
  let issuer: OidcIssuer;
  let bearer: string;
  let is77: boolean;
  let origin: string;
  let providerId: string;
  let clientId: string;
  let subject: string;
  let userId: string;
  /** Paths to delete after the tests, the last first. */
  const created: string[] = [];

  const create = async (path: string, json: Fields): Promise<Fields> => {
    const response = await server.raw(path, { bearer, json });
    expect([path, response.status, response.text]).toEqual([path, 201, expect.anything()]);
    return response.json();
  };
  const createProvider = async (key: string, config: Fields = {}): Promise<string> => {
    const { id } = await create('/identity-providers?rawConfig=true', provider(key, config));
    created.push(`/identity-providers/${String(id)}`);
    return String(id);
  };
  const provider = (key: string, config: Fields = {}) => ({
    ...{ type: 'oidc1.0', name: key, originKey: key, active: true },
    config: {
      ...{ issuer: issuer.url, tokenKey: issuer.publicKey, showLinkText: false },
      ...{ authUrl: `${issuer.url}/a`, tokenUrl: `${issuer.url}/t`, addShadowUserOnLogin: false },
      ...{ relyingPartyId: audience, relyingPartySecret: 'unused' },
      attributeMappings: { user_name: 'sub' },
      ...config,
    },
  });
  const changeProvider = async (config: Fields, others: Fields = {}): Promise<void> => {
    const path = `/identity-providers/${providerId}?rawConfig=true`;
    const json = { ...provider(origin, config), ...others };
    expect((await server.raw(path, { method: 'PUT', bearer, json })).status).toBe(200);
  };
  /** Creates a client with an empty secret, which takes two steps. */
  const createClient = async (fields: Fields = {}): Promise<string> => {
    const id = unique('ci');
    const client = {
      ...{ client_id: id, client_secret: '', scope: ['openid', 'pks.clusters.manage'] },
      ...{ authorities: ['uaa.none'], autoapprove: true, access_token_validity: 600 },
      ...fields,
    };
    await create('/oauth/clients', { ...client, authorized_grant_types: ['password'] });
    created.push(`/oauth/clients/${id}`);
    const json = { authorized_grant_types: [jwtBearer], client_id: id };
    const changed = await server.raw(`/oauth/clients/${id}`, { method: 'PUT', bearer, json });
    expect(changed.status).toBe(200);
    return id;
  };
  const createUser = async (userName: string, fields: Fields = {}): Promise<string> => {
    const emails = [{ value: 'ci@example.com' }];
    const { id } = await create('/Users', { userName, origin, emails, ...fields });
    return String(id);
  };
  const findGroup = async (name: string): Promise<string> => {
    const filter = encodeURIComponent(`displayName eq "${name}"`);
    const { resources } = (await server.raw(`/Groups?filter=${filter}`, { bearer })).json() as {
      resources: { id: string }[];
    };
    return resources[0]?.id ?? '';
  };
  const exchange = (assertion: string, fields: Record<string, string> = {}) =>
    server.raw('/oauth/token', {
      form: {
        ...{ grant_type: jwtBearer, client_id: clientId, client_secret: '', assertion },
        ...fields,
      },
    });
  const login = async (assertion: string, fields: Record<string, string> = {}) => {
    const { status, text, ...response } = await exchange(assertion, fields);
    if (status !== 200) throw new Error(text);
    return response.json();
  };
  const check = (token: unknown) =>
    server.raw('/check_token', {
      form: { token: String(token) },
      basic: ['pks_client', server.pksClientSecret],
    });

  beforeAll(async () => {
    server = await start();
    is77 = server.release === '77';
    bearer = await server.adminToken();
    issuer = await startOidcIssuer(audience);
    origin = unique('idp');
    clientId = await createClient();
    providerId = await createProvider(origin);
  }, 60_000);
  beforeEach(async () => {
    await changeProvider({});
    subject = `repo:octo/${unique('app')}:environment:prod`;
    userId = await createUser(subject);
    const path = `/Groups/${await findGroup('pks.clusters.manage')}/members`;
    await create(path, { type: 'USER', value: userId, origin: 'uaa' });
  });
  afterAll(async () => {
    for (const path of created.reverse()) await server.raw(path, { method: 'DELETE', bearer });
    await issuer.close();
    await server.stop();
  });

  test('exchanges a token from the identity provider for a UAA token', async () => {
    const response = await login(await issuer.sign({ sub: subject, user_name: 'ignored' }));
    expect(response).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: expect.any(Number),
      scope: expect.any(String),
      jti: expect.any(String),
    });
    expect(Number(response['expires_in'])).toBeGreaterThan(590);
    expect(String(response['scope']).split(' ').sort()).toEqual(['openid', 'pks.clusters.manage']);
    const claims = readClaims(String(response['access_token'])) ?? {};
    expect(claims).toMatchObject({
      ...{ user_name: subject, origin, user_id: userId, sub: userId, client_id: clientId },
      grant_type: jwtBearer,
    });
    expect('auth_time' in claims).toBe(false);
    expect(claims['client_auth_method']).toBe(is77 ? 'none' : undefined);
    expect([...(claims['aud'] as string[])].sort()).toEqual(
      [clientId, 'openid', 'pks.clusters'].sort(),
    );
    expect((await check(response['access_token'])).status).toBe(200);
    const user = (await server.raw(`/Users/${userId}`, { bearer })).json();
    expect(user['lastLogonTime']).toEqual(expect.any(Number));
    expect(user['emails']).toMatchObject([
      { value: is77 ? `${subject}@user.from.${origin}.cf` : 'ci@example.com' },
    ]);
    expect(user['externalId']).toBe(is77 ? subject : undefined);
  });

  test('accepts an assertion again, without `iat`, and with a list of audiences', async () => {
    const assertion = await issuer.sign({ sub: subject, iat: undefined, aud: ['x', audience] });
    await login(assertion);
    await login(assertion);
  });

  test('compares user names case-insensitively', async () => {
    const response = await login(await issuer.sign({ sub: subject.toUpperCase() }));
    const name = readClaims(String(response['access_token']))?.['user_name'];
    expect(name).toBe(is77 ? subject.toUpperCase() : subject);
  });

  test('returns a requested scope, and rejects one that the user or the client lacks', async () => {
    const assertion = await issuer.sign({ sub: subject });
    expect((await login(assertion, { scope: 'openid' }))['scope']).toBe('openid');
    const other = await exchange(assertion, { scope: 'uaa.admin' });
    expect([other.status, other.json()['error']]).toEqual([400, 'invalid_scope']);
  });

  test('returns only `openid` to a user without groups', async () => {
    const name = unique('nobody');
    await createUser(name);
    expect((await login(await issuer.sign({ sub: name })))['scope']).toBe('openid');
  });

  const now = (): number => Math.floor(Date.now() / 1000);
  const invalid = (description: string) => ({
    error: 'invalid_token',
    error_description: description,
  });
  const unauthorized = (description: string) => ({
    error: 'unauthorized',
    error_description: description,
  });

  /** Each row: what is wrong, the assertion, and the error of 4.30 and, if it differs, of 77. */
  test.each<[string, () => Promise<string>, () => object, (() => object)?]>([
    [
      'an assertion that expired an hour ago',
      () => issuer.sign({ sub: subject, exp: 1_700_000_000 }),
      () => invalid('Token expired at 1700000000'),
      () => invalid(signatureText),
    ],
    [
      'an assertion that expired a moment ago',
      () => issuer.sign({ sub: subject, exp: now() - 10 }),
      () => ({
        error: 'invalid_token',
        error_description: expect.stringMatching(/^Token expired/),
      }),
      () => invalid('Token does not bear a valid EXP claim.'),
    ],
    [
      'an assertion without an expiry',
      () => issuer.sign({ sub: subject, exp: undefined }),
      () => invalid('Token does not bear an EXP claim.'),
      () => invalid('Token does not bear a valid EXP claim.'),
    ],
    [
      'an unknown issuer',
      () => issuer.sign({ sub: subject, iss: `${issuer.url}/` }),
      () => unauthorized(`Unable to map issuer, ${issuer.url}/ , to a single registered provider`),
    ],
    [
      'a missing issuer',
      () => issuer.sign({ sub: subject, iss: undefined }),
      () => unauthorized('Issuer is missing in id_token'),
    ],
    [
      'another audience',
      () => issuer.sign({ sub: subject, aud: 'other' }),
      () => invalid(`Some parties were not in the token audience: ${audience}`),
    ],
    [
      'a missing audience',
      () => issuer.sign({ sub: subject, aud: undefined }),
      () => invalid('The token does not bear an AUD claim.'),
    ],
    [
      'a wrong key',
      async () =>
        issuer.sign({ sub: subject }, { key: (await generateKeyPair('RS256')).privateKey }),
      () => invalid(signatureText),
    ],
    [
      'alg none',
      () => issuer.sign({ sub: subject }, { alg: 'none' }),
      () => invalid(signatureText),
    ],
    [
      'alg HS256',
      () => issuer.sign({ sub: subject }, { alg: 'HS256' }),
      () => invalid(signatureText),
    ],
    [
      'a missing user name',
      () => issuer.sign({}),
      () => unauthorized('Unable to map claim to a username'),
    ],
    [
      'an unknown user',
      () => issuer.sign({ sub: 'repo:octo/other' }),
      () => unauthorized(preCreatedText),
    ],
    [
      'an empty assertion',
      async () => '',
      () => unauthorized('Unable to decode expected id_token'),
    ],
    [
      'a text that is not a JWT',
      async () => 'no-jwt',
      () => unauthorized('Unable to decode expected id_token'),
      () => invalid('Invalid token'),
    ],
  ])('rejects %s', async (_what, createAssertion, error430, error77 = error430) => {
    const { status, headers, ...response } = await exchange(await createAssertion());
    expect([status, response.json()]).toEqual([401, is77 ? error77() : error430()]);
    expect(headers['www-authenticate']).toMatch(/^Basic realm="UAA\/client"/);
  });

  test('rejects an assertion that is not valid yet, only as of 77', async () => {
    const assertion = await issuer.sign({ sub: subject, nbf: now() + 200 });
    const { status, ...response } = await exchange(assertion);
    expect(status).toBe(is77 ? 401 : 200);
    if (is77) expect(response.json()).toEqual(invalid(signatureText));
    await login(await issuer.sign({ sub: subject, nbf: now() + 30 }));
  });

  test('rejects a missing assertion', async () => {
    const form = { grant_type: jwtBearer, client_id: clientId, client_secret: '' };
    const response = await server.raw('/oauth/token', { form });
    expect([response.status, response.json()]).toEqual([401, unauthorized('Assertion is missing')]);
  });

  test('rejects all tokens of an inactive provider', async () => {
    await changeProvider({}, { active: false });
    const { status, ...response } = await exchange(await issuer.sign({ sub: subject }));
    expect([status, response.json()]).toEqual([
      401,
      unauthorized(`Unable to map issuer, ${issuer.url} , to a single registered provider`),
    ]);
  });

  test('a second provider with the same issuer is rejected, or makes all logins fail', async () => {
    const key = unique('second');
    const path = '/identity-providers?rawConfig=true';
    const second = await server.raw(path, { bearer, json: provider(key) });
    expect(second.status).toBe(is77 ? 409 : 201);
    const { status } = await exchange(await issuer.sign({ sub: subject }));
    expect(status).toBe(is77 ? 200 : 401);
    if (is77) return;
    const secondPath = `/identity-providers/${String(second.json()['id'])}`;
    await server.raw(secondPath, { method: 'DELETE', bearer });
    await login(await issuer.sign({ sub: subject }));
  });

  test('creates a user at the first login if the provider allows it', async () => {
    await changeProvider({ addShadowUserOnLogin: true });
    const name = unique('shadow');
    const { access_token: token } = await login(await issuer.sign({ sub: name }));
    const { user_id: id } = readClaims(String(token)) as { user_id: string };
    const user = await server.raw(`/Users/${id}`, { bearer });
    expect(user.json()).toMatchObject({
      ...{ userName: name, origin, externalId: name, active: true },
      emails: [{ value: `${name}@user.from.${origin}.cf` }],
    });
    await login(await issuer.sign({ sub: name }));
  });

  test('rejects an inactive user', async () => {
    const name = unique('inactive');
    await createUser(name, { active: false });
    const assertion = await issuer.sign({ sub: name });
    const first = await exchange(assertion);
    expect([first.status, first.json()]).toEqual([401, unauthorized(preCreatedText)]);
    await changeProvider({ addShadowUserOnLogin: true });
    const second = await exchange(assertion);
    expect([second.status, second.json()]).toEqual([
      401,
      {
        error: is77 ? 'invalid_client' : 'unauthorized',
        error_description: 'Unable to register user in internal UAA store.',
      },
    ]);
  });

  test('takes the user name from the mapped claim, and groups from mapped groups', async () => {
    const groupName = unique('mapped');
    const { id: groupId } = await create('/Groups', { displayName: groupName });
    created.push(`/Groups/${String(groupId)}`);
    const group = `/Groups/${String(groupId)}/members/${userId}`;
    await create('/Groups/External', { groupId, externalGroup: 'Team-42', origin });
    await changeProvider({ attributeMappings: { user_name: 'job', external_groups: ['teams'] } });
    await login(await issuer.sign({ sub: 'x', job: subject, teams: ['team-42', 'team-43'] }));
    expect((await server.raw(group, { bearer })).json()).toMatchObject({ origin });
    await login(await issuer.sign({ sub: 'x', job: subject, teams: [] }));
    expect((await server.raw(group, { bearer })).status).toBe(404);
  });

  test('a login deletes memberships with the origin of the provider, and keeps others', async () => {
    const groupName = unique('own');
    const { id: groupId } = await create('/Groups', { displayName: groupName });
    created.push(`/Groups/${String(groupId)}`);
    const members = `/Groups/${String(groupId)}/members`;
    await create(members, { type: 'USER', value: userId, origin });
    const { scope } = await login(await issuer.sign({ sub: subject }));
    expect(String(scope).split(' ')).toContain('pks.clusters.manage');
    expect((await server.raw(`${members}/${userId}`, { bearer })).status).toBe(404);
  });

  test('checks the client: its secret, grant, providers and approvals', async () => {
    const assertion = await issuer.sign({ sub: subject });
    const badCredentials = {
      error: is77 ? 'invalid_client' : 'unauthorized',
      error_description: 'Bad credentials',
    };
    for (const fields of [{ client_secret: 'wrong' }, { client_id: 'no-such-client' }]) {
      const { status, ...response } = await exchange(assertion, fields);
      expect([status, response.json()]).toEqual([401, badCredentials]);
    }
    const withoutSecret = await server.raw('/oauth/token', {
      form: { grant_type: jwtBearer, client_id: clientId, assertion },
    });
    expect(withoutSecret.status).toBe(401);

    const cli = await exchange(assertion, { client_id: 'pks_cli' });
    expect([cli.status, cli.json()]).toEqual([
      401,
      {
        error: 'invalid_client',
        error_description: `Unauthorized grant type${is77 ? '' : `: ${jwtBearer}`}`,
      },
    ]);

    const others = await createClient({ allowedproviders: ['uaa'] });
    const foreign = await exchange(assertion, { client_id: others });
    expect([foreign.status, foreign.json()]).toEqual([
      401,
      {
        error: 'unauthorized_client',
        // 4.30.0 escapes the apostrophe as in HTML.
        error_description: expect.stringMatching(
          /^Client is not authorized for specified user('|&#39;)s identity provider\.$/,
        ),
      },
    ]);
    const own = await createClient({ allowedproviders: [origin] });
    await login(assertion, { client_id: own });

    const unapproved = await createClient({ autoapprove: ['pks.clusters.manage'] });
    const { access_token: token } = await login(assertion, { client_id: unapproved });
    const checked = await check(token);
    expect([checked.status, checked.json()]).toEqual([
      400,
      invalid('Invalid token (some requested scopes are not approved): [openid]'),
    ]);
  });

  test('issues a refresh token only as of 77, to a client with the grant', async () => {
    const json = { client_id: clientId, authorized_grant_types: [jwtBearer, 'refresh_token'] };
    const id = await createClient();
    await server.raw(`/oauth/clients/${id}`, {
      ...{ method: 'PUT', bearer },
      json: { ...json, client_id: id },
    });
    const response = await login(await issuer.sign({ sub: subject }), { client_id: id });
    expect('refresh_token' in response).toBe(is77);
  });

  test('a client with this grant needs a secret when it is created', async () => {
    for (const secret of [{}, { client_secret: '' }, { client_secret: '', allowpublic: true }]) {
      const { status, ...response } = await server.raw('/oauth/clients', {
        bearer,
        json: {
          ...{ client_id: unique('ci'), scope: ['openid'], authorized_grant_types: [jwtBearer] },
          ...secret,
        },
      });
      expect([status, response.json()['error_description']]).toEqual([
        400,
        `Client secret is required for grant type ${jwtBearer}`,
      ]);
    }
  });

  test('an inline key can be a key set only as of 77', async () => {
    await changeProvider({ tokenKey: issuer.jwks });
    expect((await exchange(await issuer.sign({ sub: subject }))).status).toBe(is77 ? 200 : 401);
    await changeProvider({ tokenKey: 'no key' });
    const { status, ...response } = await exchange(await issuer.sign({ sub: subject }));
    expect([status, response.json()]).toEqual([401, invalid(signatureText)]);
  });

  test('requests the keys from the URL of the provider', async () => {
    const remote = { tokenKey: null, tokenKeyUrl: issuer.keysUrl };
    await changeProvider({ ...remote, skipSslValidation: true });
    await login(await issuer.sign({ sub: subject }));
    expect((await exchange(await issuer.sign({ sub: subject }, { alg: 'ES256' }))).status).toBe(
      is77 ? 200 : 401,
    );
    // The UAA does not trust the CA.
    await changeProvider({ ...remote, tokenKeyUrl: `${issuer.keysUrl}?other` });
    const { status, text } = await exchange(await issuer.sign({ sub: subject }));
    expect([status, text]).toEqual([500, '{}']);
  });

  test('deleting a provider deletes its users, and breaks lists of their groups', async () => {
    const key = unique('deleted');
    await changeProvider({ issuer: `${issuer.url}/moved` });
    const id = await createProvider(key);
    const user = await createUser(unique('gone'), { origin: key });
    const { id: groupId } = await create('/Groups', { displayName: unique('group') });
    const members = `/Groups/${String(groupId)}/members`;
    created.push(`/Groups/${String(groupId)}`);
    await create(members, { type: 'USER', value: user, origin: 'uaa' });
    await server.raw(`/identity-providers/${id}`, { method: 'DELETE', bearer });
    expect((await server.raw(`/Users/${user}`, { bearer })).status).toBe(404);
    expect((await server.raw(`${members}?returnEntities=true`, { bearer })).status).toBe(404);
    const removed = await server.raw(`${members}/${user}`, { method: 'DELETE', bearer });
    expect(removed.status).toBe(200);
    expect((await server.raw(`${members}?returnEntities=true`, { bearer })).status).toBe(200);
  });
});
