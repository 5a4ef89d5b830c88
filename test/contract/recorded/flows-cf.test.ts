import { createClient } from './clients-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';
import { encodeBasic } from './token-steps.js';

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
  send('cf curl with a changed signature', 'GET /userinfo', {
    ...cli,
    authorization: 'Bearer <cal>x',
  }),

  send('Java: the token key', 'GET /token_key', java, { basic: ['resource<run>', 'secret'] }),
  send('Java: the token keys', 'GET /token_keys', java),
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
  send('Nimbus: the keys for JWK sets', 'GET /token_keys', {
    accept: 'application/json, application/jwk-set+json',
  }),

  send('Python: a token', 'POST /oauth/token', python, {
    form: { ...password, password: 'new', client_id: 'cf', client_secret: '' },
  }),
  send('Python: a token with a wrong password', 'POST /oauth/token', python, {
    form: { ...password, client_id: 'cf', client_secret: '' },
  }),
  send('Python: without a token', 'GET /Users', python),
  send('Python: a bad token', 'GET /Groups', { ...python, authorization: 'Bearer x' }),
  send('Python: userinfo', 'GET /userinfo', python, { as: 'cal' }),
  send('Python: check_token', 'POST /check_token', python, {
    basic: ['resource<run>', 'secret'],
    form: { token: 'x' },
  }),
  send('Node: a token', 'POST /oauth/token', nodeFetch, {
    form: { grant_type: 'client_credentials', client_id: 'resource<run>', client_secret: 'secret' },
  }),
  send('a browser reads userinfo', 'GET /userinfo', browserFetch, { as: 'cal' }),
  send('a browser reads userinfo without a token', 'GET /userinfo', browserFetch),
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
    'Kubernetes: the discovery document without an Accept header',
    'GET /.well-known/openid-configuration',
    { accept: null },
  ),
  send('Kubernetes: the keys without an Accept header', 'GET /token_keys', { accept: null }),
]);
