import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, createUser } from './steps.js';
import { encodeBasic } from './token-steps.js';
import type { Exchange } from './exchange.js';

const cli = {
  accept: 'application/json',
  'user-agent': 'cf/8.7.10+abc (go1.21; amd64 linux)',
  connection: 'close',
};
const cliForm = { ...cli, authorization: `Basic ${encodeBasic('cf:')}` };
/** cf-java-client uses Reactor Netty. */
const java = {
  accept: 'application/json',
  'content-type': 'application/json',
  'user-agent': 'CloudFoundryJavaClient/5.12 (Java; Eclipse/17)',
};
/** RestTemplate's header for responses that are mapped to objects. */
const rest = {
  accept: 'application/json, application/*+json',
  'content-type': 'application/json;charset=UTF-8',
};
/** The headers of Python's requests, and of fetch in Node and in browsers. */
const python = {
  accept: '*/*',
  'accept-encoding': 'gzip, deflate',
  'user-agent': 'python-requests/2.31.0',
};
const nodeFetch = {
  accept: '*/*',
  'accept-language': '*',
  'sec-fetch-mode': 'cors',
  'user-agent': 'node',
};
const browserFetch = {
  accept: '*/*',
  origin: 'https://app.example.com',
  referer: 'https://app.example.com/',
};

function send(
  title: string,
  request: string,
  headers: Record<string, string | null>,
  more: Partial<Exchange> = {},
): Exchange {
  return { title, request, headers, ...more };
}
const password = { grant_type: 'password', username: 'cal<run>', password: 'cal-password' };

compareWithRecordings('flows-cf', [
  adminToken,
  createClient('resource', { authorities: ['uaa.resource'] }),
  ...createUser('cal', ['pks.clusters.manage']),
  send('cf login: the prompts', 'GET /login', cli),
  send('cf auth', 'POST /oauth/token', cliForm, {
    form: password,
    save: { cal: 'access_token', refresh: 'refresh_token' },
  }),
  send(
    'cf auth with an origin',
    'POST /oauth/token?login_hint=%7B%22origin%22%3A%22uaa%22%7D',
    cliForm,
    { form: password },
  ),
  send(
    'cf auth with an unknown origin',
    'POST /oauth/token?login_hint=%7B%22origin%22%3A%22nosuch%22%7D',
    cliForm,
    { form: password },
  ),
  send('cf auth with a wrong password', 'POST /oauth/token', cliForm, {
    form: { ...password, password: 'x' },
  }),
  send('cf login with a wrong passcode', 'POST /oauth/token', cliForm, {
    form: { grant_type: 'password', passcode: 'abc' },
  }),
  send('cf login with an empty passcode', 'POST /oauth/token', cliForm, {
    form: { grant_type: 'password', passcode: '' },
  }),
  send(
    'cf auth with an assertion',
    'POST /oauth/token',
    { ...cli },
    {
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: 'cf',
        client_secret: '',
        assertion: 'abc',
      },
    },
  ),
  send('cf auth with client credentials', 'POST /oauth/token', cli, {
    form: { grant_type: 'client_credentials', client_id: 'cf', client_secret: '' },
  }),
  send(
    'cf refreshes a token',
    'POST /oauth/token',
    { ...cliForm, 'content-type': 'application/x-www-form-urlencoded' },
    { form: { grant_type: 'refresh_token', refresh_token: '<refresh>' } },
  ),
  send(
    'cf refreshes a token with a charset',
    'POST /oauth/token',
    { ...cliForm, 'content-type': 'application/x-www-form-urlencoded; charset=ISO-8859-1' },
    { form: { grant_type: 'refresh_token', refresh_token: '<refresh>' } },
  ),
  send(
    'cf ssh-code',
    'GET /oauth/authorize?client_id=ssh-proxy&grant_type=authorization_code&response_type=code',
    cli,
    { as: 'cal' },
  ),
  send(
    'cf ssh-code for an existing client',
    'GET /oauth/authorize?client_id=cf&grant_type=authorization_code&response_type=code',
    cli,
    { as: 'cal' },
  ),
  send(
    'cf create-user',
    'POST /Users',
    { ...cli, 'content-type': 'application/json' },
    {
      as: 'admin',
      json: {
        userName: 'cfuser<run>',
        password: 'cf-password',
        origin: 'uaa',
        name: { familyName: 'cfuser<run>', givenName: 'cfuser<run>' },
        emails: [{ value: 'cfuser<run>', primary: true }],
      },
      save: { cfuser: 'id' },
    },
  ),
  send(
    'cf create-user again',
    'POST /Users',
    { ...cli, 'content-type': 'application/json' },
    {
      as: 'admin',
      json: {
        userName: 'cfuser<run>',
        password: 'cf-password',
        origin: '',
        name: { familyName: 'cfuser<run>', givenName: 'cfuser<run>' },
        emails: [{ value: 'cfuser<run>', primary: true }],
      },
    },
  ),
  send(
    'cf create-user as a user',
    'POST /Users',
    { ...cli, 'content-type': 'application/json' },
    {
      as: 'cal',
      json: { userName: 'x<run>', password: 'p', emails: [{ value: 'x', primary: true }] },
    },
  ),
  send(
    'cf finds a user',
    'GET /Users?filter=userName+eq+%22cfuser<run>%22+and+origin+eq+%22uaa%22',
    cli,
    { as: 'admin' },
  ),
  send(
    'cf finds a user with an unescaped filter',
    'GET /Users?filter=userName%20Eq%20%22cfuser<run>%22',
    cli,
    { as: 'admin' },
  ),
  send('cf finds a user as a user', 'GET /Users?filter=userName+eq+%22cfuser<run>%22', cli, {
    as: 'cal',
  }),
  send(
    'cf lists names',
    'GET /Users?attributes=id,userName&filter=id%20eq%20%22<cfuser>%22%20or%20id%20eq%20%22<cal-id>%22',
    cli,
    { as: 'admin' },
  ),
  send(
    'cf passwd',
    'PUT /Users/<cal-id>/password',
    { ...cli, 'content-type': 'application/json' },
    { as: 'cal', json: { password: 'new', oldPassword: 'cal-password' } },
  ),
  send(
    'cf delete-user',
    'DELETE /Users/<cfuser>',
    { ...cli, 'content-type': 'application/json' },
    { as: 'admin' },
  ),
  send('cf logout: revokes a token', 'DELETE /oauth/token/revoke/nosuch', cli, { as: 'cal' }),
  send('cf curl with a token in lower case', 'GET /userinfo', {
    ...cli,
    authorization: 'bearer <cal>',
  }),
  send('cf curl with a token in upper case', 'GET /userinfo', {
    ...cli,
    authorization: 'BEARER <cal>',
  }),
  send('cf curl with two spaces before the token', 'GET /userinfo', {
    ...cli,
    authorization: 'Bearer  <cal>',
  }),
  send('cf curl with a trailing comma', 'GET /userinfo', {
    ...cli,
    authorization: 'Bearer <cal>,x',
  }),
  send('cf curl with a token without the scheme', 'GET /userinfo', {
    ...cli,
    authorization: '<cal>',
  }),
  send('cf curl with an empty bearer token', 'GET /userinfo', { ...cli, authorization: 'Bearer ' }),
  send('cf curl with a changed signature', 'GET /userinfo', {
    ...cli,
    authorization: 'Bearer <cal>x',
  }),
  send('cf curl with quotes', 'GET /userinfo', { ...cli, authorization: 'Bearer "<cal>"' }),

  send('Java: the token key', 'GET /token_key', java, { basic: ['resource<run>', 'secret'] }),
  send('Java: the token keys', 'GET /token_keys', java),
  send('Java: the keys with an old ETag', 'GET /token_keys', {
    ...java,
    'if-none-match': '1501570800000',
  }),
  send('Java: the key with wrong credentials', 'GET /token_key', {
    ...java,
    authorization: `Basic ${encodeBasic('admin:wrong')}`,
  }),
  send(
    'Java: checks a token',
    'POST /check_token?token=<cal>&scopes=openid',
    { ...java, 'content-type': null },
    { basic: ['resource<run>', 'secret'] },
  ),
  send(
    'Java: a token of a client',
    'POST /oauth/token?grant_type=client_credentials&response_type=token&token_format=opaque&client_id=resource<run>&client_secret=secret',
    { accept: 'application/json', 'content-type': null },
  ),
  send(
    'Java: a token with credentials in the query and a form header',
    'POST /oauth/token?grant_type=client_credentials&client_id=resource<run>&client_secret=secret',
    { ...java, 'content-type': 'application/x-www-form-urlencoded' },
    { form: '' },
  ),
  send(
    'Java: lists clients',
    'GET /oauth/clients?count=1&filter=client_id%20eq%20%22resource<run>%22&sortBy=client_id&sortOrder=ascending&startIndex=1',
    java,
    { as: 'admin' },
  ),
  send(
    'Java: lists groups',
    'GET /Groups?filter=displayName%20eq%20%22nosuch<run>%22&startIndex=1',
    java,
    { as: 'admin' },
  ),
  send(
    'Java: lists groups with attributes',
    'GET /Groups?filter=displayName%20eq%20%22nosuch<run>%22&attributes=id&attributes=displayName',
    java,
    { as: 'admin' },
  ),
  send('Java: creates a group', 'POST /Groups', java, {
    as: 'admin',
    json: { displayName: 'java<run>', members: [] },
    save: { group: 'id' },
  }),
  send(
    'Java: updates a group',
    'PUT /Groups/<group>',
    { ...java, 'if-match': '0' },
    {
      as: 'admin',
      json: {
        displayName: 'java<run>',
        description: 'x',
        members: [{ type: 'USER', value: '<cal-id>', origin: 'uaa' }],
      },
    },
  ),
  send(
    'Java: removes a group',
    'DELETE /Groups/<group>',
    { ...java, 'if-match': '1' },
    { as: 'admin' },
  ),
  send(
    'Java: invites users',
    'POST /invite_users?client_id=pks_cli&redirect_uri=http://redirect.localhost',
    java,
    { as: 'admin', json: { emails: ['a<run>@example.com', 'b<run>@example.com'] } },
  ),
  send(
    'Java: zones',
    'GET /identity-zones',
    { ...java, 'x-identity-zone-id': 'uaa' },
    { as: 'cal' },
  ),
  send('Java: a zone that does not exist', 'GET /identity-zones/nosuch<run>', java, {
    as: 'admin',
  }),
  send(
    'Java: identity providers',
    'GET /identity-providers?rawConfig=false&active_only=true',
    java,
    { as: 'cal' },
  ),
  send('Java: the server information', 'GET /info', java),
  send('Java: autologin', 'POST /autologin', java, {
    basic: ['resource<run>', 'secret'],
    json: { username: 'cal<run>', password: 'new' },
  }),
  send('Java: the approvals of a token of a client', 'GET /approvals?startIndex=1', java, {
    as: 'admin',
  }),

  send('Spring: creates a user', 'POST /Users', rest, {
    as: 'admin',
    json: {
      userName: 'spring<run>',
      emails: [{ value: 'spring<run>@example.com', primary: true, type: null }],
      name: { givenName: 'a', familyName: 'b', formatted: null },
      groups: null,
      approvals: null,
      id: null,
      externalId: null,
      meta: null,
      password: 'x',
    },
  }),
  send('Spring: creates a user without metadata', 'POST /Users', rest, {
    as: 'admin',
    json: {
      userName: 'spring<run>',
      emails: [{ value: 'spring<run>@example.com', primary: true }],
      name: { givenName: 'a', familyName: 'b', formatted: null },
      id: null,
      externalId: null,
      password: 'x',
    },
    save: { spring: 'id' },
  }),
  send(
    'Spring: replaces a user',
    'PUT /Users/<spring>',
    { ...rest, 'if-match': '0' },
    {
      as: 'admin',
      json: {
        id: '<spring>',
        userName: 'spring<run>',
        emails: [{ value: 'spring<run>@example.com', type: 'work' }],
        name: { givenName: 'a', familyName: 'c' },
        phoneNumbers: null,
        groups: null,
      },
    },
  ),
  send('Spring: an unknown user', 'GET /Users/nosuch', rest, { as: 'admin' }),
  send(
    'Spring: a token',
    'POST /oauth/token',
    { accept: 'application/json, application/x-www-form-urlencoded' },
    { basic: ['resource<run>', 'secret'], form: { grant_type: 'client_credentials' } },
  ),
  send(
    'Spring: a token with wrong credentials',
    'POST /oauth/token',
    { accept: 'application/json, application/x-www-form-urlencoded' },
    { basic: ['resource<run>', 'wrong'], form: { grant_type: 'client_credentials' } },
  ),
  send(
    'Spring Security 5: a token',
    'POST /oauth/token',
    {
      accept: 'application/json;charset=UTF-8',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    },
    { basic: ['resource<run>', 'secret'], form: 'grant_type=client_credentials' },
  ),
  send(
    'Spring Security 5: introspection',
    'POST /introspect',
    {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    },
    { basic: ['resource<run>', 'secret'], form: 'token=<cal>' },
  ),
  send('Spring: the discovery document', 'GET /.well-known/openid-configuration', {
    accept: 'application/json, application/*+json',
  }),
  send(
    'Spring: the discovery document at another path',
    'GET /oauth/token/.well-known/openid-configuration',
    { accept: 'application/json' },
  ),
  send(
    'Spring: the metadata of an authorization server',
    'GET /.well-known/oauth-authorization-server',
    { accept: 'application/json' },
  ),
  send('Nimbus: the keys', 'GET /token_keys', {
    accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
    'user-agent': 'Java/1.8.0_192',
  }),
  send('Nimbus: the keys for JWK sets', 'GET /token_keys', {
    accept: 'application/json, application/jwk-set+json',
  }),

  send('Python: a token', 'POST /oauth/token', python, {
    form: { ...password, password: 'new', client_id: 'cf', client_secret: '' },
  }),
  send('Python: a token with a wrong password', 'POST /oauth/token', python, {
    form: { ...password, client_id: 'cf', client_secret: '' },
  }),
  send('Python: a user', 'GET /Users/nosuch', python, { as: 'admin' }),
  send('Python: without a token', 'GET /Users', python),
  send('Python: a bad token', 'GET /Groups', { ...python, authorization: 'Bearer x' }),
  send('Python: creates a user', 'POST /Users', python, {
    as: 'admin',
    json: { userName: 'python<run>' },
  }),
  send('Python: the login page', 'GET /login', python),
  send('Python: info', 'GET /info', python),
  send('Python: userinfo', 'GET /userinfo', python, { as: 'cal' }),
  send('Python: check_token', 'POST /check_token', python, {
    basic: ['resource<run>', 'secret'],
    form: { token: 'x' },
  }),
  send('Python: passcode', 'GET /passcode', python),
  send('Node: a token', 'POST /oauth/token', nodeFetch, {
    form: { grant_type: 'client_credentials', client_id: 'resource<run>', client_secret: 'secret' },
  }),
  send(
    'Node: a token with JSON',
    'POST /oauth/token',
    { ...nodeFetch, 'content-type': 'application/json' },
    { body: '{"grant_type":"client_credentials"}' },
  ),
  send(
    'Node: a token with text',
    'POST /oauth/token',
    { ...nodeFetch, 'content-type': 'text/plain;charset=UTF-8' },
    { body: 'grant_type=client_credentials' },
  ),
  send(
    'Node: a token with a multipart form',
    'POST /oauth/token',
    { ...nodeFetch, 'content-type': 'multipart/form-data; boundary=x' },
    {
      body: '--x\r\ncontent-disposition: form-data; name="grant_type"\r\n\r\nclient_credentials\r\n--x--\r\n',
      basic: ['resource<run>', 'secret'],
    },
  ),
  send('a browser reads userinfo', 'GET /userinfo', browserFetch, { as: 'cal' }),
  send('a browser reads userinfo without a token', 'GET /userinfo', browserFetch),
  send('a browser asks before it reads userinfo', 'OPTIONS /userinfo', {
    ...browserFetch,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  }),
  send('a browser asks before it posts to the token endpoint', 'OPTIONS /oauth/token', {
    ...browserFetch,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  }),
  send('a browser asks before it logs out', 'OPTIONS /logout.do', {
    ...browserFetch,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'X-Requested-With',
  }),
  send('a browser asks before it reads users', 'OPTIONS /Users', {
    ...browserFetch,
    'access-control-request-method': 'GET',
  }),
  send('a browser reads the keys from another origin', 'GET /token_keys', browserFetch),
  send('a browser reads info with X-Requested-With', 'GET /info', {
    ...browserFetch,
    'x-requested-with': 'XMLHttpRequest',
  }),
  send('a browser requests a token from another origin', 'POST /oauth/token', browserFetch, {
    form: { grant_type: 'client_credentials', client_id: 'resource<run>', client_secret: 'secret' },
  }),
  send(
    'omniauth: authorize without a session',
    'GET /oauth/authorize?client_id=pks_cli&redirect_uri=https%3A%2F%2Flocalhost%3A8443&response_type=code&state=abc',
    { accept: 'text/html' },
  ),
  send(
    'omniauth: a code that is unknown',
    'POST /oauth/token',
    { accept: '*/*', 'user-agent': 'Faraday v1.0' },
    {
      form: {
        client_id: 'pks_cli',
        client_secret: '',
        code: 'nosuch',
        grant_type: 'authorization_code',
        redirect_uri: 'https://localhost:8443',
      },
    },
  ),
  send(
    'openid-client: PAR',
    'POST /oauth/par',
    { accept: 'application/json' },
    { form: { client_id: 'cf' } },
  ),
  send(
    'openid-client: device authorization',
    'POST /oauth/device_authorization',
    { accept: 'application/json' },
    { form: { client_id: 'cf' } },
  ),
  send(
    'openid-client: revocation',
    'POST /oauth/revoke',
    { accept: 'application/json' },
    { form: { token: '<cal>' } },
  ),
  send(
    'openid-client: registration',
    'POST /register',
    { accept: 'application/json' },
    { json: { redirect_uris: ['https://a'] } },
  ),
  send(
    'Kubernetes: the discovery document without an Accept header',
    'GET /.well-known/openid-configuration',
    { accept: null },
  ),
  send('Kubernetes: the keys without an Accept header', 'GET /token_keys', { accept: null }),
  send('curl -I of the server', 'HEAD /', { accept: '*/*' }),
  send('curl -I of info', 'HEAD /info', { accept: 'application/json' }),
  send('curl -I of the health', 'HEAD /healthz', { accept: '*/*' }),
  send('a load balancer reads the health', 'GET /healthz', {
    accept: null,
    'user-agent': 'ELB-HealthChecker/2.0',
  }),
]);
