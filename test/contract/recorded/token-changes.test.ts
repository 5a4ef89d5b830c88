import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, requestToken, requestUserToken, updateClient } from './token-steps.js';

const grants = ['client_credentials', 'password', 'refresh_token'];
const scopes = ['uaa.user', 'openid', 'password.write', 'scim.read'];
const fields = { authorized_grant_types: grants, scope: scopes, authorities: ['clients.read'] };

/** Changes to a client or a user. Both have the same name, which is the key. */
const changes: Readonly<Record<string, readonly Exchange[]>> = {
  deleted: [admin('DELETE /oauth/clients/deleted<run>')],
  secret: [admin('PUT /oauth/clients/secret<run>/secret', { secret: 'other' })],
  scopes: [updateClient('scopes', 'fewer scopes', { ...fields, scope: ['uaa.user'] })],
  grants: [
    updateClient('grants', 'fewer grants', { ...fields, authorized_grant_types: ['password'] }),
  ],
  salt: [admin('GET /oauth/token/revoke/client/salt<run>')],
  missing: [
    updateClient('missing', 'a group that the user lacks', {
      ...fields,
      required_user_groups: ['scim.write'],
    }),
  ],
  removed: [admin('DELETE /Users/<removed-id>')],
  inactive: [user('PATCH', 'inactive', { active: false })],
  email: [user('PATCH', 'email', { emails: [{ value: 'new<run>@example.com' }] })],
  password: [admin('PUT /Users/<password-id>/password', { password: 'new' })],
  revoked: [admin('GET /oauth/token/revoke/user/<revoked-id>')],
  changing: [
    {
      title: 'the user must change the password',
      request: 'PATCH /Users/<changing-id>/status',
      as: 'admin',
      json: { passwordChangeRequired: true },
    },
  ],
  nothing: [],
};

function admin(request: string, json?: unknown): Exchange {
  return { title: request, request, as: 'admin', ...(json !== undefined && { json }) };
}

function user(method: string, name: string, json: unknown): Exchange {
  return {
    title: `${method} of the user ${name}`,
    request: `${method} /Users/<${name}-id>`,
    as: 'admin',
    headers: { 'if-match': '*' },
    json,
  };
}

/** Uses the tokens that a client and a user got before a change. */
function useTokens(name: string): readonly Exchange[] {
  const token = { token: `<${name}>` };
  const requests: readonly (readonly [string, Partial<Exchange>])[] = [
    ['GET /userinfo', { as: name }],
    [`GET /Users/<${name}-id>`, { as: `${name}-opaque` }],
    [`GET /oauth/clients/${name}<run>`, { as: `${name}-client` }],
    ['POST /check_token', { basic: ['tch<run>', 'tch-secret'], form: token }],
  ];
  return [
    ...requests.map(([request, rest]) => ({
      title: `${request} after: ${name}`,
      request,
      ...rest,
    })),
    requestToken(`refresh after: ${name}`, name, {
      grant_type: 'refresh_token',
      refresh_token: `<${name}-refresh>`,
    }),
    requestUserToken(`login after: ${name}`, name, name),
  ];
}

compareWithRecordings('token-changes', [
  adminToken,
  createClient('tch', {
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.resource'],
  }),
  ...Object.entries(changes).flatMap(([name, steps]) => [
    createClient(name, fields),
    ...createUser(name),
    requestUserToken(
      `${name} gets tokens`,
      name,
      name,
      {},
      {
        save: { [name]: 'access_token', [`${name}-refresh`]: 'refresh_token' },
      },
    ),
    requestUserToken(
      `${name} gets opaque tokens`,
      name,
      name,
      { token_format: 'opaque' },
      {
        save: { [`${name}-opaque`]: 'access_token', [`${name}-opaque-refresh`]: 'refresh_token' },
      },
    ),
    requestToken(
      `the client ${name} gets a token`,
      name,
      { grant_type: 'client_credentials' },
      { save: { [`${name}-client`]: 'access_token' } },
    ),
    ...steps,
    ...useTokens(name),
  ]),
]);
