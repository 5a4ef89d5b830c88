import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { createClient, encodeBasic, requestToken } from './token-steps.js';

/** Headers that HTTP libraries send by default. */
const libraries: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  uaac: {
    accept: 'application/json;charset=utf-8',
    'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
  },
  Spring: {
    accept: 'application/json, application/x-www-form-urlencoded',
    'content-type': 'application/x-www-form-urlencoded',
  },
  RestSharp: { accept: 'application/json, text/json, text/x-json, application/xml, text/xml' },
  'rest-client': { accept: '*/*; q=0.5, application/xml' },
  jQuery: {
    accept: 'application/json, text/javascript, */*; q=0.01',
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-requested-with': 'XMLHttpRequest',
  },
  curl: { accept: '*/*', 'user-agent': 'curl/7.64.0' },
  'URL of Java': { accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2' },
  'a browser': { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
  'a library without Accept': { accept: null },
};
const basic = ['li<run>', 'li-secret'] as const;

/** Requests whose response depends on the headers. */
const requests: Readonly<Record<string, Partial<Exchange> & { readonly request: string }>> = {
  'the password grant': {
    request: 'POST /oauth/token',
    basic,
    form: { grant_type: 'password', username: 'li<run>', password: 'li-password' },
  },
  'an opaque token': {
    request: 'POST /oauth/token',
    basic,
    form: { grant_type: 'client_credentials', token_format: 'opaque' },
  },
  'a wrong passcode': {
    request: 'POST /oauth/token',
    basic,
    form: { grant_type: 'password', passcode: 'abc' },
  },
  'a wrong refresh token': {
    request: 'POST /oauth/token',
    basic,
    form: { grant_type: 'refresh_token', refresh_token: 'abc' },
  },
  'a wrong scope': {
    request: 'POST /oauth/token',
    basic,
    form: { grant_type: 'client_credentials', scope: 'foo' },
  },
  'a wrong secret': {
    request: 'POST /oauth/token',
    form: { grant_type: 'client_credentials', client_id: 'li<run>', client_secret: 'x' },
  },
  'the client': { request: 'GET /oauth/clients/li<run>', as: 'admin' },
  'an unknown client': { request: 'DELETE /oauth/clients/li-none<run>', as: 'admin' },
  'an update of the client with a wrong grant': {
    request: 'PUT /oauth/clients/li<run>',
    as: 'admin',
    json: { client_id: 'li<run>', authorized_grant_types: ['foo'] },
  },
  'a wrong secret change': {
    request: 'PUT /oauth/clients/li<run>/secret',
    as: 'admin',
    json: { secret: '' },
  },
  'the metadata of an unknown client': {
    request: 'GET /oauth/clients/li-none<run>/meta',
    as: 'admin',
  },
  'the metadata of the client': { request: 'GET /oauth/clients/li<run>/meta', as: 'admin' },
  'a batch with an unknown client': {
    request: 'POST /oauth/clients/tx/delete',
    as: 'admin',
    json: [{ client_id: 'li-none<run>' }],
  },
  'an empty batch': { request: 'PUT /oauth/clients/tx', as: 'admin', json: [] },
  'restricted scopes': { request: 'GET /oauth/clients/restricted', as: 'admin' },
  'the client itself': { request: 'GET /clientinfo', basic },
  'the client itself without credentials': { request: 'GET /clientinfo' },
  'a token check': { request: 'POST /check_token', basic, form: { token: 'abc' } },
  'an introspection': { request: 'POST /introspect', basic, form: { token: 'abc' } },
  'a revocation of an unknown token': { request: 'DELETE /oauth/token/revoke/abc', as: 'admin' },
  'a revocation for an unknown client': {
    request: 'DELETE /oauth/token/revoke/client/li-none<run>',
    as: 'admin',
  },
  'user information': { request: 'GET /userinfo', as: 'li' },
  'the list of tokens': { request: 'GET /oauth/token/list/client/li-none<run>', as: 'admin' },
};

/** Replaces headers. The content type is replaced only if the request has a form. */
function withHeaders(
  { form, ...rest }: Partial<Exchange> & { readonly request: string },
  headers: Readonly<Record<string, string | null>>,
): Partial<Exchange> & { readonly request: string } {
  const { 'content-type': type, ...others } = headers;
  return form === undefined
    ? { ...rest, headers: others }
    : { ...rest, form, headers: type === undefined ? others : { ...others, 'content-type': type } };
}

compareWithRecordings('token-libraries', [
  adminToken,
  ...createUser('li'),
  createClient('li', {
    authorized_grant_types: ['client_credentials', 'password', 'refresh_token'],
    scope: ['openid', 'uaa.user'],
    authorities: ['uaa.resource', 'clients.read'],
  }),
  requestToken(
    'a user gets a token',
    'li',
    {
      grant_type: 'password',
      username: 'li<run>',
      password: 'li-password',
    },
    { save: { li: 'access_token' } },
  ),
  ...Object.entries(libraries).flatMap(([library, headers]) =>
    Object.entries(requests).map(([title, exchange]) => ({
      title: `${title} by ${library}`,
      ...withHeaders(exchange, headers),
    })),
  ),
  {
    title: 'cf logs in',
    request: 'POST /oauth/token',
    headers: { authorization: `Basic ${encodeBasic('cf:')}`, accept: 'application/json' },
    form: { grant_type: 'password', username: 'li<run>', password: 'li-password' },
  },
  {
    title: 'uaac with an encoded client id',
    request: 'POST /oauth/token',
    headers: { authorization: `Basic ${encodeBasic('li%2D<run>:li%2Dsecret')}` },
    form: { grant_type: 'client_credentials' },
  },
]);
