import { clientToken, registration } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, limitedToken } from './steps.js';

const send = (title: string, request: string, more: Partial<Exchange> = {}): Exchange => ({
  title,
  request,
  as: 'admin',
  ...more,
});
const post = (title: string, json: unknown, query = '') =>
  send(title, `POST /identity-providers${query}`, { json });
const put = (title: string, json: unknown, query = '') =>
  send(title, `PUT /identity-providers/<oidc>${query}`, { json });

/** A provider without a visible link, because `/info` would contain the link in all tests. */
const oidc = {
  type: 'oidc1.0',
  originKey: 'oidc<run>',
  name: 'OIDC <run>',
  config: {
    authUrl: 'https://idp.example.com/auth',
    tokenUrl: 'https://idp.example.com/token',
    tokenKeyUrl: 'https://idp.example.com/keys',
    issuer: 'https://idp.example.com',
    relyingPartyId: 'uaa',
    relyingPartySecret: 'secret',
    showLinkText: false,
    linkText: 'Log in with OIDC',
    scopes: ['openid', 'profile'],
    attributeMappings: { user_name: 'email', external_groups: ['roles'] },
  },
};
const config = (settings: object, origin = 'config'): object => ({
  ...oidc,
  originKey: `${origin}<run>`,
  config: { ...oidc.config, ...settings },
});
const changed = {
  type: 'oidc1.0',
  originKey: 'changed<run>',
  name: 'Changed <run>',
  config: {
    authUrl: 'https://idp.example.com/auth',
    tokenUrl: 'https://idp.example.com/token',
    tokenKeyUrl: 'https://idp.example.com/keys',
    relyingPartyId: 'uaa',
    relyingPartySecret: 'secret',
    showLinkText: false,
  },
};
const inUaa = { headers: { 'x-identity-zone-id': 'uaa' } };

compareWithRecordings('admin', [
  adminToken,
  limitedToken('limited', 'scim.read'),
  {
    title: 'a provider is created without a token',
    request: 'POST /identity-providers',
    json: oidc,
  },
  { ...post('a provider is created without the scope', oidc), as: 'limited' },
  send('providers are listed without the scope', 'GET /identity-providers', { as: 'limited' }),
  { ...post('an OIDC provider is created', oidc), save: { oidc: 'id' } },
  send('the OIDC provider is shown', 'GET /identity-providers/<oidc>'),
  send(
    'the OIDC provider is shown with a raw configuration',
    'GET /identity-providers/<oidc>?rawConfig=true',
  ),
  post('the same origin again', oidc),
  post('the same origin in upper case', { ...oidc, originKey: 'OIDC<run>' }, '?rawConfig=true'),
  post('a configuration as text', {
    ...oidc,
    originKey: 'astext<run>',
    config:
      '{"authUrl":"https://a.example.com","tokenUrl":"https://t.example.com","tokenKey":"key","relyingPartyId":"id","relyingPartySecret":"secret"}',
  }),
  post('a provider without a configuration', { type: 'oidc1.0', originKey: 'a<run>', name: 'A' }),
  post(
    'a provider with an empty raw configuration',
    { ...oidc, originKey: 'b<run>', config: {} },
    '?rawConfig=true',
  ),
  post('a provider with a configuration that is no JSON', {
    ...oidc,
    originKey: 'b<run>',
    config: '{',
  }),
  post('a provider without an authorization URL', config({ authUrl: null })),
  post('a provider with an invalid URL', config({ authUrl: 'idp' })),
  post('a provider without a token URL', config({ tokenUrl: null })),
  post('a provider without keys', config({ tokenKeyUrl: null })),
  post('a provider without a relying party', config({ relyingPartyId: '' })),
  post('a provider with a link without a text', config({ showLinkText: true, linkText: '' })),
  post('a provider with a text as scopes', config({ scopes: 'openid' })),
  post('a provider without an origin', { ...oidc, originKey: undefined }),
  post('a provider without a name', { ...oidc, originKey: 'nameless<run>', name: undefined }),
  post('a login-server provider', { type: 'login-server', originKey: 'login<run>', name: 'L' }),

  { ...post('a provider is created', changed), save: { oidc: 'id' } },
  {
    ...post('another provider is created', { ...changed, originKey: 'second<run>' }),
    save: { second: 'id' },
  },
  put(
    'the provider is updated',
    { ...changed, name: 'New name', active: false },
    '?rawConfig=true',
  ),
  put('the provider is updated without a secret', {
    ...changed,
    config: { ...changed.config, relyingPartySecret: null, issuer: 'new' },
  }),
  put('the origin is changed', { ...changed, originKey: 'renamed<run>' }),
  put('an update without a configuration', { ...changed, config: undefined }),
  send('an update of an unknown provider', 'PUT /identity-providers/unknown', { json: changed }),
  send('an update without the scope', 'PUT /identity-providers/<oidc>', {
    as: 'limited',
    json: changed,
  }),
  send('the provider is deleted without the scope', 'DELETE /identity-providers/<second>', {
    as: 'limited',
  }),
  send('an unknown provider is deleted', 'DELETE /identity-providers/unknown'),

  send('the zone uaa without the scope', 'GET /identity-zones/uaa', { as: 'limited' }),
  send('zones without the scope', 'GET /identity-zones', { as: 'limited' }),
  { title: 'zones without a token', request: 'GET /identity-zones' },
  send('an unknown zone', 'GET /identity-zones/unknown'),
  registration('a client with zones.uaa.scim.read is created', {
    client_id: 'uaareader<run>',
    authorities: ['zones.uaa.scim.read'],
  }),
  { ...clientToken('uaareader'), title: 'it gets a token with zones.uaa.scim.read' },
  send(
    'users of the zone uaa as a reader of this zone',
    'GET /Users?filter=userName+eq+%22unknown%22',
    { as: 'uaareader', ...inUaa },
  ),
  send('users of the zone uaa without a header', 'GET /Users', { as: 'uaareader' }),
  send('users before the zone exists', 'GET /Users', {
    headers: { 'x-identity-zone-id': 'zone<run>' },
  }),
]);
