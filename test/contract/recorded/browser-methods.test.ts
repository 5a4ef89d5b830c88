import { compareWithRecordings } from './compare.js';
import { browser, createClient, loggedInUser } from './browser-steps.js';
import { browserLogin, createUser } from './steps.js';
import type { Exchange } from './exchange.js';

const pages = [
  '/',
  '/home',
  '/login',
  '/login.do',
  '/loginx',
  '/oauth/authorize',
  '/oauth/confirm_access',
  '/oauth/error',
  '/profile',
  '/change_email',
  '/create_account.do',
  '/reset_password',
  '/force_password_change',
  '/force_password_change_completed',
  '/invitations/accept',
  '/saml/idp/initiate',
  '/delete_saved_account',
  '/unknown',
] as const;

const send = (request: string, session?: string): Exchange => ({
  title: `${request}${session === undefined ? '' : ' in a session'}`,
  request,
  headers: browser,
  ...(session !== undefined && { session }),
});

compareWithRecordings('browser-methods', [
  ...loggedInUser('user', 'ann'),
  ...createUser('forced'),
  ...createClient('ask', { autoapprove: [] }),
  ...pages.map((path) => send(`OPTIONS ${path}`)),
  ...pages.map((path) => send(`OPTIONS ${path}`, 'user')),
  ...['PUT', 'DELETE', 'PATCH'].map((method) => send(`${method} /login.do`)),
  send('OPTIONS /logout.do'),
  send('PUT /saml/idp/SSO'),
  { title: 'the home page shows the earlier session', request: 'GET /home', session: 'user' },
  {
    title: 'a user must change the password',
    request: 'PATCH /Users/<forced-id>/status',
    as: 'admin',
    json: { passwordChangeRequired: true },
  },
  ...browserLogin('forced', 'forced'),
  send('GET /profile?before=change', 'forced'),
  send('HEAD /home', 'forced'),
  send('GET /force_password_change_completed', 'forced'),
  { ...send('GET /force_password_change', 'forced'), save: { csrf: /X-Uaa-Csrf" value="([^"]+)/ } },
  {
    title: 'the password is changed',
    request: 'POST /force_password_change',
    headers: browser,
    session: 'forced',
    form: {
      'X-Uaa-Csrf': '<csrf>',
      password: 'new-password',
      password_confirmation: 'new-password',
    },
  },
  { ...send('GET /force_password_change_completed', 'forced'), title: 'back to the saved request' },
  { ...send('GET /force_password_change', 'forced'), title: 'the form after the change' },
  { ...send('GET /profile?before=change', 'forced'), title: 'the saved request' },
  {
    ...send('GET /force_password_change_completed', 'forced'),
    title: 'the end of the change after the saved request',
  },
]);
