import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createAuthorizedClient } from './pages-clients.js';
import { adminToken, createUser, userToken } from './steps.js';

const redirect = 'https%3A%2F%2Fapp<run>.example.com%2Fdone';

function invite(title: string, emails: unknown, more: Partial<Exchange> = {}): Exchange {
  return {
    title,
    request: `POST /invite_users?client_id=inviter<run>&redirect_uri=${redirect}`,
    as: 'inviter',
    json: { emails },
    ...more,
  };
}

const one = ['one<run>@example.com'];

compareWithRecordings('pages-invite-users', [
  adminToken,
  ...createAuthorizedClient('inviter', ['scim.invite']),
  ...createAuthorizedClient('reader', ['scim.read']),
  ...createUser('ida'),
  userToken('ida'),
  invite('invites a user', one),
  invite('invites a user twice', one),
  invite('invites two users', ['two<run>@example.com', 'three<run>@example.com']),
  invite('invites an address with capital letters', ['Four<run>@Example.com']),
  invite('invites an existing user', ['ida<run>@example.com']),
  invite('invites an invalid address', ['invalid']),
  invite('invites an address without a top-level domain', ['a<run>@example']),
  invite('invites an empty address', ['']),
  invite('invites null', [null]),
  invite('invites a valid and an invalid address', ['five<run>@example.com', 'invalid']),
  invite('invites an address with spaces', [' six<run>@example.com ']),
  invite('invites an address with a quote', ['a"b<run>@example.com']),
  invite('invites no users', []),
  invite('invites without emails', undefined),
  invite('invites with null', null),
  invite('invites with a text', 'one<run>@example.com'),
  invite('invites with an object', {}),
  invite('invites numbers', [5]),
  invite('invites with an unknown field', one, { json: { emails: one, a: 1 } }),
  invite('invites with a list', one, { json: one }),
  invite('invites with a list of objects', one, { json: { emails: [{ value: 'a@example.com' }] } }),
  invite('invites without a client', one, {
    request: `POST /invite_users?redirect_uri=${redirect}`,
  }),
  invite('invites without a redirect', one, { request: 'POST /invite_users?client_id=pks_cli' }),
  invite('invites without parameters', one, { request: 'POST /invite_users' }),
  invite('invites with an empty redirect', one, { request: 'POST /invite_users?redirect_uri=' }),
  invite('invites with a redirect of another host', one, {
    request: 'POST /invite_users?redirect_uri=https%3A%2F%2Fother.example.com',
  }),
  invite('invites for an unknown client', one, {
    request: `POST /invite_users?client_id=unknown&redirect_uri=${redirect}`,
  }),
  invite('invites for an unknown client as HTML', one, {
    request: `POST /invite_users?client_id=unknown&redirect_uri=${redirect}`,
    headers: { accept: 'text/html' },
  }),
  invite('invites for an empty client', one, {
    request: `POST /invite_users?client_id=&redirect_uri=${redirect}`,
  }),
  invite('invites for the client pks_cli', one, {
    request: 'POST /invite_users?client_id=pks_cli&redirect_uri=https%3A%2F%2Flocalhost%3A8443',
  }),
  invite('invites as HTML', one, { headers: { accept: 'text/html' } }),
  invite('invites as XML', one, { headers: { accept: 'application/xml' } }),
  invite('invites with any accepted type', one, { headers: { accept: '*/*' } }),
  invite('invites with a type with a charset', one, {
    headers: { 'content-type': 'application/json;charset=UTF-8' },
  }),
  {
    title: 'invites with an empty body',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    body: '',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'invites with malformed JSON',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    body: '{',
    headers: { 'content-type': 'application/json' },
  },
  {
    title: 'invites with malformed JSON as HTML',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    body: '{',
    headers: { 'content-type': 'application/json', accept: 'text/html' },
  },
  {
    title: 'invites with a form',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    form: { emails: 'a@example.com' },
  },
  {
    title: 'invites with a form as HTML',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    form: { emails: 'a@example.com' },
    headers: { accept: 'text/html' },
  },
  {
    title: 'invites with plain text',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    body: '{}',
    headers: { 'content-type': 'text/plain' },
  },
  {
    title: 'invites without a content type',
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    body: '{}',
  },
  invite('invites without the scope', one, { as: 'reader' }),
  invite('invites as an administrator', one, { as: 'admin' }),
  invite('invites as a user without the scope', one, { as: 'ida' }),
  { title: 'invites without a token', request: 'POST /invite_users', json: {} },
  {
    title: 'invites without a token as HTML',
    request: 'POST /invite_users',
    json: {},
    headers: { accept: 'text/html' },
  },
  {
    title: 'invites with an invalid token',
    request: 'POST /invite_users',
    json: {},
    headers: { authorization: 'Bearer abc' },
  },
  {
    title: 'invites with Basic credentials',
    request: 'POST /invite_users',
    json: {},
    basic: ['inviter<run>', 'secret'],
  },
  { title: 'GET invite_users', request: 'GET /invite_users', as: 'inviter' },
  { title: 'GET invite_users without a token', request: 'GET /invite_users' },
  {
    title: 'GET invite_users as HTML',
    request: 'GET /invite_users',
    as: 'inviter',
    headers: { accept: 'text/html' },
  },
  { title: 'PUT invite_users', request: 'PUT /invite_users', as: 'inviter', json: {} },
  { title: 'DELETE invite_users', request: 'DELETE /invite_users', as: 'inviter' },
  { title: 'HEAD invite_users', request: 'HEAD /invite_users', as: 'inviter' },
  { title: 'OPTIONS invite_users', request: 'OPTIONS /invite_users', as: 'inviter' },
  { title: 'a path below invite_users', request: 'POST /invite_users/x', as: 'inviter', json: {} },
  { title: 'a GET below invite_users', request: 'GET /invite_users/x', as: 'inviter' },
  invite('invites in the zone uaa', one, { headers: { 'x-identity-zone-id': 'uaa' } }),
  invite('invites in the zone uaa as an administrator', one, {
    as: 'admin',
    headers: { 'x-identity-zone-id': 'uaa' },
  }),
  invite('invites in an unknown zone', one, { headers: { 'x-identity-zone-id': 'unknown' } }),
  invite('invites in an unknown subdomain', one, {
    headers: { 'x-identity-zone-subdomain': 'unknown' },
  }),
  {
    title: 'the invited user',
    request: 'GET /Users?filter=userName+eq+%22one<run>@example.com%22',
    as: 'admin',
  },
]);
