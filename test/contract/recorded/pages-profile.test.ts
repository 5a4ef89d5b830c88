import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser, userToken } from './steps.js';

const html = { accept: 'text/html' };

/** A client that asks for consent. */
function createConsentClient(name: string, more: Readonly<Record<string, unknown>> = {}): Exchange {
  return {
    title: `the client ${name} is created`,
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: `${name}<run>`,
      client_secret: 'secret',
      authorized_grant_types: ['authorization_code', 'password'],
      scope: ['openid', 'profile', 'cloud_controller.read', 'scim.me', 'approvals.me'],
      authorities: ['uaa.none'],
      redirect_uri: ['https://app<run>.example.com/'],
      ...more,
    },
  };
}

function authorize(name: string): readonly Exchange[] {
  return [
    {
      title: `opens the approval page of ${name}`,
      request: `GET /oauth/authorize?response_type=code&client_id=${name}<run>&state=s&redirect_uri=https%3A%2F%2Fapp<run>.example.com%2F`,
      headers: html,
      session: 'a',
      save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
    },
    {
      title: `approves some scopes of ${name}`,
      request: 'POST /oauth/authorize',
      headers: html,
      session: 'a',
      form: 'X-Uaa-Csrf=<csrf>&user_oauth_approval=true&scope.0=scope.openid&scope.1=scope.cloud_controller.read',
    },
  ];
}

function open(title: string, more: Partial<Exchange> = {}): Exchange {
  return {
    title,
    request: 'GET /profile',
    headers: html,
    session: 'a',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
    ...more,
  };
}

function showJson(title: string): Exchange {
  return { title, request: 'GET /profile', session: 'a' };
}

function post(title: string, form: string, more: Partial<Exchange> = {}): Exchange {
  return {
    title,
    request: 'POST /profile',
    headers: html,
    session: 'a',
    form: `X-Uaa-Csrf=<csrf>&${form}`,
    ...more,
  };
}

compareWithRecordings('pages-profile', [
  adminToken,
  ...createUser('petra'),
  createConsentClient('app'),
  createConsentClient('named', { name: 'A "named" client' }),
  ...browserLogin('a', 'petra'),
  ...authorize('app'),
  open('the page with an application'),
  showJson('the page with an application as JSON'),
  ...authorize('named'),
  open('the page with two applications'),
  post('denies a scope', 'clientId=app<run>&checkedScopes=app<run>-openid&update='),
  showJson('the page after a scope was denied'),
  open('the page to get a token'),
  post(
    'approves the other scope',
    'clientId=app<run>&checkedScopes=app<run>-cloud_controller.read&checkedScopes=app<run>-openid&update=',
  ),
  showJson('the page after a scope was approved'),
  open('the page to get another token'),
  post('updates without a client', 'update='),
  showJson('the page after all scopes were denied'),
  open('the page to get a third token'),
  post('updates as JSON', 'update=', { headers: {} }),
  post('neither updates nor deletes', 'clientId=app<run>'),
  post('deletes without a client', 'delete='),
  post('deletes an unknown client', 'delete=&clientId=unknown'),
  post('updates an unknown client', 'update=&clientId=unknown'),
  post('deletes a client', 'delete=&clientId=app<run>'),
  showJson('the page after a client was deleted'),
  open('the page to get a fourth token'),
  post('has a wrong CSRF token', 'X-Uaa-Csrf=x&delete=', { form: 'X-Uaa-Csrf=x&delete=' }),
  {
    title: 'PUT the profile',
    request: 'PUT /profile',
    session: 'a',
    headers: { ...html, 'x-csrf-token': '<csrf>' },
    body: '',
  },
  {
    title: 'DELETE the profile as JSON',
    request: 'DELETE /profile',
    session: 'a',
    headers: { 'x-csrf-token': '<csrf>' },
  },
  userToken('petra'),
  { title: 'the profile with a bearer token', request: 'GET /profile', as: 'petra' },
  {
    title: 'the profile with an unknown message',
    request: 'GET /profile?error_message_code=unknown.code',
    headers: html,
    session: 'a',
  },
  {
    title: 'the profile with two messages',
    request:
      'GET /profile?success_message_code=email_change.success&error_message_code=login.login_failure',
    headers: html,
    session: 'a',
  },
]);
