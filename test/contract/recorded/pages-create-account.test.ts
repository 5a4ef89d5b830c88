import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { loginServer } from './pages-clients.js';
import { browserLogin, createUser } from './steps.js';

const html = { accept: 'text/html' };
const future = 4_102_444_800_000;

function submit(
  title: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /create_account.do',
    headers: html,
    session: 'new',
    form: { 'X-Uaa-Csrf': '<csrf>', ...form },
    ...more,
  };
}

function code(name: string, data: Readonly<Record<string, string>>): Exchange {
  return {
    title: `the code ${name}`,
    request: 'POST /Codes',
    as: 'login',
    json: { data: JSON.stringify(data), expiresAt: future },
    save: { [name]: 'code' },
  };
}

const passwords = { password: 'first', password_confirmation: 'first' };
const email = 'new<run>@example.com';

compareWithRecordings('pages-create-account', [
  ...loginServer,
  ...createUser('carl'),
  {
    title: 'opens the page',
    request: 'GET /create_account?client_id=login<run>',
    headers: html,
    session: 'new',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  submit('an invalid email', { email: 'invalid', ...passwords }),
  submit('an invalid email as JSON', { email: 'invalid', ...passwords }, { headers: {} }),
  submit('an email with two at signs', { email: 'a@b@example.com', ...passwords }),
  submit('an email without a domain', { email: 'a@', ...passwords }),
  submit('an email without a local part', { email: '@example.com', ...passwords }),
  submit('an email with a space', { email: 'a b@example.com', ...passwords }),
  submit('an email with a domain that ends with a dot', { email: 'a@example.', ...passwords }),
  submit('different passwords', { email, password: 'a', password_confirmation: 'b' }),
  submit(
    'different passwords as JSON',
    { email, password: 'a', password_confirmation: 'b' },
    { headers: {} },
  ),
  submit('different passwords with a client', {
    email,
    password: 'a',
    password_confirmation: 'b',
    client_id: 'login<run>',
    redirect_uri: 'https://app<run>.example.com/done',
  }),
  submit('empty passwords', { email, password: '', password_confirmation: '' }),
  submit('blank passwords', { email, password: ' ', password_confirmation: ' ' }),
  submit('a long password', {
    email,
    password: 'x'.repeat(256),
    password_confirmation: 'x'.repeat(256),
  }),
  submit(
    'a long password as JSON',
    {
      email,
      password: 'x'.repeat(256),
      password_confirmation: 'x'.repeat(256),
    },
    { headers: {} },
  ),
  submit('no email', passwords),
  submit('no password', { email }),
  submit('no confirmation', { email, password: 'a' }),
  submit('no fields', {}),
  submit('no fields as JSON', {}, { headers: {} }),
  submit('a wrong CSRF token', { 'X-Uaa-Csrf': 'wrong', email, ...passwords }),
  submit(
    'a wrong CSRF token as JSON',
    { 'X-Uaa-Csrf': 'wrong', email, ...passwords },
    { headers: {} },
  ),
  submit('creates an account', { email, ...passwords }),
  {
    title: 'the new user is unverified',
    request: 'GET /Users?filter=userName+eq+%22new<run>@example.com%22',
    as: 'admin',
    save: { 'new-id': 'resources.0.id' },
  },
  submit('creates it again', { email, ...passwords }),
  submit(
    'creates an account as JSON',
    { email: 'json<run>@example.com', ...passwords },
    { headers: {} },
  ),
  submit('creates an account with a consent', {
    email: 'consent<run>@example.com',
    does_user_consent: 'true',
    ...passwords,
  }),
  submit('an invalid consent', {
    email: 'consent2<run>@example.com',
    does_user_consent: 'x',
    ...passwords,
  }),
  {
    title: 'a login before the verification',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: email,
      password: 'first',
    },
  },
  code('a', {
    user_id: '<new-id>',
    client_id: 'login<run>',
    redirect_uri: 'https://app<run>.example.com/done',
  }),
  { title: 'verifies the user', request: 'GET /verify_user?code=<a>', headers: html },
  { title: 'verifies the user twice', request: 'GET /verify_user?code=<a>', headers: html },
  submit('the email of an active user', { email, ...passwords }),
  submit('the email of an active user as JSON', { email, ...passwords }, { headers: {} }),
  submit('the email of an active user in capital letters', {
    email: 'NEW<run>@example.com',
    ...passwords,
  }),
  code('b', { user_id: '<new-id>' }),
  { title: 'verifies an active user', request: 'GET /verify_user?code=<b>' },
  code('c', {
    user_id: '<new-id>',
    client_id: 'login<run>',
    redirect_uri: 'https://other.example.com/',
  }),
  { title: 'verifies a user with another redirect', request: 'GET /verify_user?code=<c>' },
  code('d', { user_id: '<new-id>', client_id: 'unknown', redirect_uri: 'x' }),
  { title: 'verifies a user of an unknown client', request: 'GET /verify_user?code=<d>' },
  code('d2', { user_id: '<new-id>', client_id: 'login<run>' }),
  {
    title: 'verifies a user of a client without a redirect',
    request: 'GET /verify_user?code=<d2>',
  },
  code('e', { user_id: 'unknown' }),
  { title: 'verifies an unknown user', request: 'GET /verify_user?code=<e>' },
  code('f', {}),
  { title: 'verifies no user', request: 'GET /verify_user?code=<f>' },
  ...browserLogin('in', 'carl'),
  {
    title: 'opens a page in the session to get a token',
    request: 'GET /change_password',
    headers: html,
    session: 'in',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  submit('a logged-in user creates an account', { email, ...passwords }, { session: 'in' }),
  submit(
    'a logged-in user creates an account as JSON',
    { email, ...passwords },
    { session: 'in', headers: {} },
  ),
]);
