import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';

const paths = [
  '/profile',
  '/home',
  '/forgot_password',
  '/forgot_password.do',
  '/email_sent',
  '/reset_password',
  '/reset_password.do',
  '/create_account',
  '/create_account.do',
  '/accounts/email_sent',
  '/verify_user',
  '/change_email',
  '/change_email.do',
  '/change_password',
  '/change_password.do',
  '/verify_email',
  '/force_password_change',
  '/invitations/accept',
  '/invitations/accept.do',
  '/invitations/accept_enterprise.do',
  '/error',
  '/invalid_request',
  '/oauth_error',
  '/session',
  '/password/score',
  '/login/idp_discovery',
  '/unknown',
  '/varz',
];

const requests = paths.flatMap((path): Exchange[] => [
  { title: `a form is posted to ${path}`, request: `POST ${path}`, form: { a: 'b' } },
  {
    title: `a browser posts a form to ${path}`,
    request: `POST ${path}`,
    headers: { accept: 'text/html' },
    form: { a: 'b' },
  },
  { title: `PUT ${path}`, request: `PUT ${path}`, json: {} },
  { title: `DELETE ${path}`, request: `DELETE ${path}`, headers: { accept: '*/*' } },
  { title: `PATCH ${path}`, request: `PATCH ${path}`, json: {}, headers: { accept: 'text/html' } },
  { title: `HEAD ${path}`, request: `HEAD ${path}`, headers: { accept: 'text/html' } },
  { title: `OPTIONS ${path}`, request: `OPTIONS ${path}`, headers: { accept: '*/*' } },
]);

compareWithRecordings('pages-public-methods', requests);
