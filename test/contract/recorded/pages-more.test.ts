import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createAuthorizedClient, loginServer } from './pages-clients.js';
import { browserLogin, createUser, userToken } from './steps.js';

const html = { accept: 'text/html' };
const xml = { accept: 'application/xml' };

/** Sends a request with a session, and a CSRF token if the request can change something. */
function send(title: string, request: string, more: Partial<Exchange> = {}): Exchange {
  return { title, request, session: 'a', headers: html, ...more };
}

/** Gets a new CSRF token; each GET request replaces it. */
function refreshToken(path: string): Exchange {
  return send(`opens a page to get a token for ${path}`, 'GET /change_email', {
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  });
}

const token = { ...html, 'x-csrf-token': '<csrf>' };

compareWithRecordings('pages-more', [
  ...loginServer,
  ...createAuthorizedClient('inviter', ['scim.invite']),
  ...createUser('mona'),
  userToken('mona'),
  ...browserLogin('a', 'mona'),
  ...['/profile', '/home', '/change_email', '/change_password', '/unknown', '/error404'].flatMap(
    (path): Exchange[] => [
      refreshToken(path),
      send(`POST ${path} in a session`, `POST ${path}`, { headers: token, body: '' }),
      send(`POST ${path} in a session as JSON`, `POST ${path}`, {
        headers: { 'x-csrf-token': '<csrf>' },
        body: '',
      }),
      send(`PUT ${path} in a session`, `PUT ${path}`, { headers: token, body: '' }),
      send(`DELETE ${path} in a session`, `DELETE ${path}`, { headers: token }),
      send(`HEAD ${path} in a session`, `HEAD ${path}`),
      send(`OPTIONS ${path} in a session`, `OPTIONS ${path}`),
      send(`GET ${path} in a session as XML`, `GET ${path}`, { headers: xml }),
      send(`GET ${path} in a session with any type`, `GET ${path}`, { headers: { accept: '*/*' } }),
      send(`POST ${path} in a session without a CSRF token`, `POST ${path}`, { body: '' }),
      send(`POST ${path} in a session without a CSRF token as JSON`, `POST ${path}`, {
        headers: {},
        body: '',
      }),
      {
        title: `${path} with an unknown session`,
        request: `GET ${path}`,
        headers: { ...html, cookie: 'JSESSIONID=unknown' },
      },
      { title: `${path} with a bearer token`, request: `GET ${path}`, as: 'mona', headers: html },
    ],
  ),
  ...[
    '/create_account.do',
    '/reset_password',
    '/login/idp_discovery',
    '/invitations/accept.do',
    '/invitations/accept',
  ].flatMap((path): Exchange[] => [
    refreshToken(path),
    send(`POST ${path} of a logged-in user`, `POST ${path}`, { headers: token, body: '' }),
    send(`POST ${path} of a logged-in user as JSON`, `POST ${path}`, {
      headers: { 'x-csrf-token': '<csrf>' },
      body: '',
    }),
    send(`HEAD ${path} of a logged-in user`, `HEAD ${path}`),
  ]),
  {
    title: 'requests a password code with a JSON object',
    request: 'POST /password_resets',
    as: 'login',
    json: { email: 'mona<run>' },
  },
  {
    title: 'requests a password code with a JSON text',
    request: 'POST /password_resets',
    as: 'login',
    json: 'mona<run>',
  },
  {
    title: 'requests a password code without an Accept header',
    request: 'POST /password_resets',
    as: 'login',
    headers: { accept: null },
    body: 'mona<run>',
  },
  {
    title: 'a user with the name of an address is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'taken<run>@example.com',
      emails: [{ value: 'another<run>@example.com' }],
      password: 'p',
      name: { givenName: 'a', familyName: 'b' },
    },
  },
  {
    title: 'invites an address that is the name of a user',
    request: 'POST /invite_users?redirect_uri=x',
    as: 'inviter',
    json: { emails: ['taken<run>@example.com'] },
  },
  {
    title: 'another user with the same address is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'twin<run>',
      emails: [{ value: 'mona<run>@example.com' }],
      password: 'p',
      name: { givenName: 'a', familyName: 'b' },
    },
  },
  {
    title: 'invites an address of two users',
    request: 'POST /invite_users?redirect_uri=x',
    as: 'inviter',
    json: { emails: ['mona<run>@example.com'] },
  },
  {
    title: 'a client that accepts only another provider is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'ldap<run>',
      client_secret: 's',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.none'],
      allowedproviders: ['ldap'],
    },
  },
  {
    title: 'invites for a client that accepts only another provider',
    request: 'POST /invite_users?redirect_uri=x&client_id=ldap<run>',
    as: 'inviter',
    json: { emails: ['ldap<run>@example.com'] },
  },
  {
    title: 'a client that accepts no provider is created',
    request: 'POST /oauth/clients',
    as: 'admin',
    json: {
      client_id: 'noidp<run>',
      client_secret: 's',
      authorized_grant_types: ['client_credentials'],
      authorities: ['uaa.none'],
      allowedproviders: [],
    },
  },
  {
    title: 'invites for a client that accepts no provider',
    request: 'POST /invite_users?redirect_uri=x&client_id=noidp<run>',
    as: 'inviter',
    json: { emails: ['noidp<run>@example.com'] },
  },
  ...['', 'html', 'x'].map((type): Exchange => ({
    title: `password score with the password "${type}"`,
    request: 'POST /password/score',
    form: { password: type, userData: 'a,b' },
  })),
  { title: 'password score in the query', request: 'POST /password/score?password=x' },
  { title: 'password score with JSON', request: 'POST /password/score', json: { password: 'x' } },
  {
    title: 'password score without a password',
    request: 'POST /password/score',
    form: { userData: 'x' },
  },
  {
    title: 'password score with a token',
    request: 'POST /password/score',
    as: 'mona',
    form: { password: 'x' },
  },
  { title: 'an unknown path below password', request: 'GET /password/x' },
  { title: 'an unknown path below password as HTML', request: 'GET /password/x', headers: html },
  { title: 'a POST to the password path', request: 'POST /password', form: { a: 'b' } },
]);
