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

  send(
    'Kubernetes: the discovery document without an Accept header',
    'GET /.well-known/openid-configuration',
    { accept: null },
  ),
  send('Kubernetes: the keys without an Accept header', 'GET /token_keys', { accept: null }),
]);
