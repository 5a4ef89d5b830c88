import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { loginServer } from './pages-clients.js';
import { browserLogin, createUser } from './steps.js';

const html = { accept: 'text/html' };

function getCode(name: string): Exchange {
  return {
    title: `the code ${name}`,
    request: 'POST /password_resets',
    as: 'login',
    body: 'rita<run>',
    save: { [name]: 'code' },
  };
}

/** Opens the page of a code, which replaces the code. */
function open(code: string, session: string): readonly Exchange[] {
  return [
    getCode(code),
    {
      title: `opens the page of ${code} in the session ${session}`,
      request: `GET /reset_password?code=<${code}>`,
      headers: html,
      session,
      save: {
        [`page-${code}`]: /name="code" value="([^"]+)"/,
        [`csrf-${session}`]: /name="X-Uaa-Csrf" value="([^"]+)"/,
      },
    },
  ];
}

function submit(
  title: string,
  session: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /reset_password.do',
    headers: html,
    session,
    form: { 'X-Uaa-Csrf': `<csrf-${session}>`, email: 'rita<run>@example.com', ...form },
    ...more,
  };
}

const passwords = { password: 'next', password_confirmation: 'next' };

compareWithRecordings('pages-reset-password', [
  ...loginServer,
  ...createUser('rita'),
  ...open('a', 's1'),
  submit('different passwords', 's1', {
    code: '<page-a>',
    password: 'a',
    password_confirmation: 'b',
  }),
  submit('the code was used', 's1', { code: '<page-a>', ...passwords }),
  ...open('b', 's2'),
  submit('changes the password', 's2', { code: '<page-b>', ...passwords }),
  ...open('c', 's3'),
  submit('the same password', 's3', { code: '<page-c>', ...passwords }),
  ...open('d', 's4'),
  submit('an empty password', 's4', { code: '<page-d>', password: '', password_confirmation: '' }),
  ...open('e', 's5'),
  submit('a long password', 's5', {
    code: '<page-e>',
    password: 'x'.repeat(256),
    password_confirmation: 'x'.repeat(256),
  }),
  ...open('f', 's6'),
  submit(
    'different passwords as JSON',
    's6',
    { code: '<page-f>', password: 'a', password_confirmation: 'b' },
    { headers: {} },
  ),
  submit('an unknown code', 's6', { code: 'unknown', ...passwords }),
  submit('an unknown code as JSON', 's6', { code: 'unknown', ...passwords }, { headers: {} }),
  submit(
    'an unknown code with any accepted type',
    's6',
    { code: 'unknown', ...passwords },
    { headers: { accept: '*/*' } },
  ),
  submit('an unknown code and different passwords', 's6', {
    code: 'unknown',
    password: 'a',
    password_confirmation: 'b',
  }),
  submit('no code', 's6', passwords),
  submit('no code as JSON', 's6', passwords, { headers: {} }),
  submit('an empty code', 's6', { code: '', ...passwords }),
  submit('no password', 's6', { code: 'unknown' }),
  submit('a wrong CSRF token', 's6', { 'X-Uaa-Csrf': 'wrong', code: 'unknown', ...passwords }),
  submit(
    'a wrong CSRF token as JSON',
    's6',
    { 'X-Uaa-Csrf': 'wrong', code: 'unknown', ...passwords },
    { headers: {} },
  ),
  {
    title: 'a CSRF token in a header',
    request: 'POST /reset_password.do',
    headers: { ...html, 'x-csrf-token': '<csrf-s6>' },
    session: 's6',
    form: { code: 'unknown', ...passwords },
  },
  {
    title: 'a GET with an unknown code',
    request: 'GET /reset_password.do?code=unknown&password=a&password_confirmation=a',
    headers: html,
  },
  { title: 'a GET without parameters', request: 'GET /reset_password.do' },
  getCode('g'),
  {
    title: 'opens the page as JSON',
    request: 'GET /reset_password?code=<g>',
    save: { 'page-g': 'code' },
  },
  getCode('h'),
  {
    title: 'opens the page with any accepted type',
    request: 'GET /reset_password?code=<h>',
    headers: { accept: '*/*' },
  },
  {
    title: 'opens the page twice',
    request: 'GET /reset_password?code=<h>',
    headers: html,
  },
  {
    title: 'a code with a redirect',
    request:
      'POST /password_resets?client_id=login<run>&redirect_uri=https%3A%2F%2Fapp<run>.example.com%2Fdone',
    as: 'login',
    body: 'rita<run>',
    save: { i: 'code' },
  },
  submit('changes the password with a redirect', 's6', {
    code: '<i>',
    password: 'third',
    password_confirmation: 'third',
  }),
  {
    title: 'a code with a redirect that does not match',
    request:
      'POST /password_resets?client_id=login<run>&redirect_uri=https%3A%2F%2Fother.example.com%2F',
    as: 'login',
    body: 'rita<run>',
    save: { j: 'code' },
  },
  submit('changes the password with a redirect that does not match', 's6', {
    code: '<j>',
    password: 'fourth',
    password_confirmation: 'fourth',
  }),
  {
    title: 'a code of the code store',
    request: 'POST /Codes',
    as: 'login',
    json: { data: '{"user_id":"<rita-id>"}', expiresAt: 4_102_444_800_000 },
    save: { k: 'code' },
  },
  {
    title: 'opens the page with a code of the code store',
    request: 'GET /reset_password?code=<k>',
  },
  {
    title: 'a code of the code store for an unknown user',
    request: 'POST /Codes',
    as: 'login',
    json: { data: '{"user_id":"unknown"}', expiresAt: 4_102_444_800_000 },
    save: { l: 'code' },
  },
  { title: 'opens the page of an unknown user', request: 'GET /reset_password?code=<l>' },
  {
    title: 'a code of the code store without a user',
    request: 'POST /Codes',
    as: 'login',
    json: { data: '{}', expiresAt: 4_102_444_800_000 },
    save: { m: 'code' },
  },
  { title: 'opens the page without a user', request: 'GET /reset_password?code=<m>' },
  {
    title: 'a code of the code store with data that is not JSON',
    request: 'POST /Codes',
    as: 'login',
    json: { data: 'text', expiresAt: 4_102_444_800_000 },
    save: { n: 'code' },
  },
  { title: 'opens the page of data that is not JSON', request: 'GET /reset_password?code=<n>' },
  ...createUser('rolf'),
  ...browserLogin('in', 'rolf'),
  submit('a logged-in user submits an unknown code', 'in', { code: 'unknown', ...passwords }),
  {
    title: 'a logged-in user submits a wrong CSRF token',
    request: 'POST /reset_password.do',
    session: 'in',
    headers: html,
    form: { 'X-Uaa-Csrf': 'wrong', code: 'unknown' },
  },
  ...['rita<run>', 'missing<run>', ''].flatMap((username): Exchange[] => [
    {
      title: `the browser of "${username}" requests a link`,
      request: 'POST /forgot_password.do',
      headers: html,
      form: { username },
    },
    {
      title: `the JSON client of "${username}" requests a link`,
      request: 'POST /forgot_password.do',
      form: { username, client_id: 'pks_cli', redirect_uri: 'https://localhost:8443' },
    },
  ]),
  {
    title: 'requests a link with JSON',
    request: 'POST /forgot_password.do',
    json: { username: 'rita<run>' },
  },
  { title: 'requests a link in the query', request: 'POST /forgot_password.do?username=rita<run>' },
  { title: 'requests a link with GET', request: 'GET /forgot_password.do?username=rita<run>' },
  {
    title: 'requests a link by email',
    request: 'POST /forgot_password.do',
    headers: html,
    form: { email: 'a@example.com' },
  },
  {
    title: 'an unknown page with the same prefix',
    request: 'GET /forgot_password_x',
    headers: html,
  },
  { title: 'a page below it', request: 'GET /forgot_password/x', headers: html },
  { title: 'the page with a trailing slash', request: 'GET /forgot_password/', headers: html },
]);
