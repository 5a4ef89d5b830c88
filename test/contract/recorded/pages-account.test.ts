import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { loginServer } from './pages-clients.js';
import { browserLogin, createUser } from './steps.js';

const html = { accept: 'text/html' };

function open(path: string, title = path): Exchange {
  return {
    title: `opens ${title}`,
    request: `GET ${path}`,
    headers: html,
    session: 'a',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  };
}

function post(
  title: string,
  path: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: `POST ${path}`,
    headers: html,
    session: 'a',
    form: { 'X-Uaa-Csrf': '<csrf>', ...form },
    ...more,
  };
}

function password(
  title: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return post(title, '/change_password.do', form, more);
}

function email(
  title: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return post(title, '/change_email.do', form, more);
}

const current = { current_password: 'paula-password' };

function code(name: string, data: Readonly<Record<string, string>>): Exchange {
  return {
    title: `the code ${name}`,
    request: 'POST /Codes',
    as: 'login',
    json: { data: JSON.stringify(data), expiresAt: 4_102_444_800_000 },
    save: { [name]: 'code' },
  };
}

function verify(title: string, name: string, more: Partial<Exchange> = {}): Exchange {
  return { title, request: `GET /verify_email?code=<${name}>`, headers: html, ...more };
}

compareWithRecordings('pages-account', [
  ...loginServer,
  ...createUser('paula'),
  ...browserLogin('a', 'paula'),
  open('/change_password'),
  password('different passwords', { ...current, new_password: 'a', confirm_password: 'b' }),
  password(
    'different passwords as JSON',
    { ...current, new_password: 'a', confirm_password: 'b' },
    { headers: {} },
  ),
  password('empty passwords', { ...current, new_password: '', confirm_password: '' }),
  password('a wrong current password', {
    current_password: 'x',
    new_password: 'a',
    confirm_password: 'a',
  }),
  password(
    'a wrong current password as JSON',
    { current_password: 'x', new_password: 'a', confirm_password: 'a' },
    { headers: {} },
  ),
  password('an empty current password', {
    current_password: '',
    new_password: 'a',
    confirm_password: 'a',
  }),
  password('the same password', {
    ...current,
    new_password: 'paula-password',
    confirm_password: 'paula-password',
  }),
  password(
    'the same password as JSON',
    { ...current, new_password: 'paula-password', confirm_password: 'paula-password' },
    { headers: {} },
  ),
  password('a long password', {
    ...current,
    new_password: 'x'.repeat(256),
    confirm_password: 'x'.repeat(256),
  }),
  password('no current password', { new_password: 'a', confirm_password: 'a' }),
  password('no new password', current),
  password('no fields as JSON', {}, { headers: {} }),
  password('a wrong CSRF token', { 'X-Uaa-Csrf': 'wrong' }),
  password('a wrong CSRF token as JSON', { 'X-Uaa-Csrf': 'wrong' }, { headers: {} }),
  password(
    'a wrong CSRF token with any accepted type',
    { 'X-Uaa-Csrf': 'wrong' },
    { headers: { accept: '*/*' } },
  ),
  {
    title: 'no CSRF token',
    request: 'POST /change_password.do',
    headers: html,
    session: 'a',
    form: { a: 'b' },
  },
  password('changes the password', {
    ...current,
    new_password: 'second',
    confirm_password: 'second',
  }),
  open('/change_email'),
  email('an invalid email', { newEmail: 'invalid' }),
  email('an invalid email as JSON', { newEmail: 'invalid' }, { headers: {} }),
  email(
    'an invalid email with a client',
    { newEmail: 'invalid', client_id: 'x', redirect_uri: 'y' },
    { headers: {} },
  ),
  email('no email', {}),
  email('an empty email', { newEmail: '' }),
  email('changes the email', { newEmail: 'paula2<run>@example.com' }),
  email('changes the email as JSON', { newEmail: 'paula2<run>@example.com' }, { headers: {} }),
  email('changes the email for a client', {
    newEmail: 'paula2<run>@example.com',
    client_id: 'login<run>',
    redirect_uri: 'https://app<run>.example.com/x',
  }),
  code('a', { user_id: '<paula-id>', email: 'paula3<run>@example.com' }),
  verify('verifies an email without a session', 'a'),
  verify('verifies an email twice', 'a'),
  { title: 'the user has the new email', request: 'GET /Users/<paula-id>', as: 'admin' },
  code('b', { user_id: '<paula-id>', email: 'paula4<run>@example.com' }),
  verify('verifies an email with a session', 'b', { session: 'a' }),
  code('c', {
    user_id: '<paula-id>',
    email: 'paula5<run>@example.com',
    client_id: 'login<run>',
    redirect_uri: 'https://app<run>.example.com/x',
  }),
  verify('verifies an email for a client', 'c'),
  code('d', {
    user_id: '<paula-id>',
    email: 'paula6<run>@example.com',
    client_id: 'login<run>',
    redirect_uri: 'https://app<run>.example.com/x',
  }),
  verify('verifies an email for a client with a session', 'd', { session: 'a' }),
  code('e', { user_id: '<paula-id>', email: 'paula7<run>@example.com', client_id: 'unknown' }),
  verify('verifies an email for an unknown client', 'e'),
  code('e2', {
    user_id: '<paula-id>',
    email: 'paula8<run>@example.com',
    client_id: 'login<run>',
    redirect_uri: 'https://other.example.com',
  }),
  verify('verifies an email for a client with another redirect', 'e2'),
  code('f', { user_id: 'unknown', email: 'x<run>@example.com' }),
  verify('verifies an email of an unknown user', 'f'),
  code('g', {}),
  verify('verifies an email without data', 'g'),
  {
    title: 'a code for another purpose',
    request: 'POST /password_resets',
    as: 'login',
    body: 'paula<run>',
    save: { h: 'code' },
  },
  verify('verifies an email with a code for another purpose', 'h', { headers: {} }),
  {
    title: 'a user whose name is the email address is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'pia<run>@example.com',
      emails: [{ value: 'pia<run>@example.com' }],
      name: { givenName: 'a', familyName: 'b' },
      password: 'pia-password',
    },
    save: { 'pia-id': 'id' },
  },
  {
    title: 'pia opens the login page',
    request: 'GET /login',
    headers: html,
    session: 'pia',
    save: { 'csrf-pia': /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  {
    title: 'pia logs in',
    request: 'POST /login.do',
    headers: html,
    session: 'pia',
    form: {
      username: 'pia<run>@example.com',
      password: 'pia-password',
      'X-Uaa-Csrf': '<csrf-pia>',
    },
  },
  {
    title: 'pia opens the page',
    request: 'GET /change_email',
    headers: html,
    session: 'pia',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  email('the name of a user', { newEmail: 'pia<run>@example.com' }, { session: 'pia' }),
  email(
    'the name of a user as JSON',
    { newEmail: 'pia<run>@example.com' },
    { session: 'pia', headers: {} },
  ),
  email('the name of another user', { newEmail: 'paula<run>' }, { session: 'pia' }),
  code('p', { user_id: '<pia-id>', email: 'pia2<run>@example.com' }),
  verify('verifies an email that is the name', 'p', { session: 'pia' }),
  { title: 'pia has a new name', request: 'GET /Users/<pia-id>', as: 'admin' },
  { title: 'pia sees the new name', request: 'GET /change_email', session: 'pia' },
]);
