import { authorizePath, browser, createClient } from './browser-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser } from './steps.js';

const json = { accept: 'application/json' };

function get(
  title: string,
  path: string,
  headers: Record<string, string> = browser,
  session?: string,
): Exchange {
  return { title, request: `GET ${path}`, headers, ...(session !== undefined && { session }) };
}

/** Opens the login page in a new session. */
function open(session: string, title = `the login page of ${session}`): Exchange {
  return {
    ...get(title, '/login', browser, session),
    save: { [`csrf-${session}`]: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  };
}

function login(
  title: string,
  session: string,
  form: Record<string, string>,
  headers: Record<string, string> = browser,
): Exchange {
  return {
    title,
    request: 'POST /login.do',
    headers,
    session,
    form: { 'X-Uaa-Csrf': `<csrf-${session}>`, ...form },
  };
}

const bad = { username: 'bad<run>', password: 'bad-password' };
const ann = { username: 'ann<run>', password: 'ann-password' };
const hint = (origin: string) => `/login?login_hint=%7B%22origin%22%3A%22${origin}%22%7D`;

function logout(query: string): Exchange {
  return {
    title: `logout with ${query === '' ? 'no parameters' : query} and Accept ${browser.accept}`,
    request: `GET /logout.do${query === '' ? '' : `?${query}`}`,
    headers: browser,
  };
}

const uri = encodeURIComponent;

compareWithRecordings('browser-login', [
  adminToken,
  ...['ann', 'bad', 'locked', 'unverified', 'inactive', 'gone'].flatMap((name) => createUser(name)),
  {
    title: 'unverified is set to unverified',
    request: 'PATCH /Users/<unverified-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { verified: false },
  },
  {
    title: 'inactive is set to inactive',
    request: 'PATCH /Users/<inactive-id>',
    as: 'admin',
    headers: { 'if-match': '*' },
    json: { active: false },
  },
  ...createClient('auto'),
  ...createClient('uaaonly', { allowedproviders: ['uaa'] }),

  get('the login page', '/login'),
  get('the login page as JSON', '/login', json),
  get('the login page for any type', '/login', { accept: '*/*' }),
  get('the error "login_failure"', '/login?error=login_failure'),
  get('a login hint as JSON', hint('uaa'), json),
  get('a login hint of an unknown provider as JSON', hint('foo'), json),
  get('an unknown origin', '/login?origin=foo', json),
  get('the home page without a session', '/home'),
  get('an unknown page', '/foo'),
  get('an unknown page as JSON', '/foo', json),

  open('a'),
  login('a wrong password', 'a', { ...bad, password: 'wrong' }),
  login('an empty password', 'a', { ...bad, password: '' }),
  login('an unknown user', 'a', { ...bad, username: 'unknown<run>' }),
  login('an unverified user', 'a', {
    username: 'unverified<run>',
    password: 'unverified-password',
  }),
  login('an inactive user', 'a', { username: 'inactive<run>', password: 'inactive-password' }),
  ...[1, 2, 3, 4, 5, 6].map((n) =>
    login(`wrong password number ${String(n)}`, 'a', {
      username: 'locked<run>',
      password: 'wrong',
    }),
  ),
  login('the right password of a locked user', 'a', {
    username: 'locked<run>',
    password: 'locked-password',
  }),
  login('a wrong CSRF token', 'a', { ...bad, 'X-Uaa-Csrf': 'wrong' }),
  login('a wrong CSRF token as JSON', 'a', { ...bad, 'X-Uaa-Csrf': 'wrong' }, json),
  {
    title: 'no cookies as JSON',
    request: 'POST /login.do',
    form: { ...ann, 'X-Uaa-Csrf': 'x' },
  },
  {
    title: 'a chosen CSRF token in a header',
    request: 'POST /login.do',
    headers: { ...browser, cookie: 'X-Uaa-Csrf=abc', 'x-csrf-token': 'abc' },
    form: ann,
  },
  open('b'),
  login('a login with a redirect to a page', 'b', {
    ...ann,
    form_redirect_uri: 'https://localhost/passcode',
  }),
  open('d'),
  login('a login with a foreign redirect', 'd', {
    ...ann,
    form_redirect_uri: 'https://app.example.com/',
  }),
  open('f'),
  login('a login with an upper-case user name', 'f', { ...ann, username: 'ANN<run>' }),
  open('h'),
  login('a login with the hint of an unknown provider', 'h', {
    ...ann,
    login_hint: '{"origin":"foo"}',
  }),
  get('the home page after a login', '/home', browser, 'b'),
  get('the login page after a login', '/login', browser, 'b'),
  get('an unknown page after a login as JSON', '/foo', json, 'b'),

  get(
    'an authorization request',
    authorizePath('auto', 'response_type=code&state=s'),
    browser,
    'p',
  ),
  open('p', 'the login page after an authorization request'),
  login('a login after an authorization request', 'p', ann),
  get('a passcode request', '/passcode', browser, 'r'),
  open('r', 'the login page after a passcode request'),
  login('a wrong password after a passcode request', 'r', { ...ann, password: 'wrong' }),
  open('r', 'the login page after a wrong password'),
  login('a login after a passcode request', 'r', ann),
  get(
    'an authorization request of the client uaaonly',
    authorizePath('uaaonly', 'response_type=code'),
    browser,
    's',
  ),
  get('the login page for uaaonly as JSON', '/login', json, 's'),
  { ...open('w'), title: 'gone opens the login page' },
  login('gone logs in', 'w', { username: 'gone<run>', password: 'gone-password' }),
  { title: 'gone is deleted', request: 'DELETE /Users/<gone-id>', as: 'admin' },
  get('the home page of a deleted user', '/home', browser, 'w'),
  get('the home page of a deleted user again', '/home', browser, 'w'),

  get('the passcode page', '/passcode', browser, 'b'),
  get('the passcode without a session as JSON', '/passcode', json),

  ...createClient('app', {
    redirect_uri: ['https://app.example.com/callback', 'https://app.example.com/out/*'],
  }),
  ...[
    '',
    `redirect=${uri('https://localhost/login')}`,
    `redirect=${uri('//evil.example.org')}`,
    `redirect=${uri('https://app.example.com/callback')}`,
    `client_id=app<run>&redirect=${uri('https://app.example.com/callback')}`,
    `client_id=app<run>&redirect=${uri('https://app.example.com/callback/more')}`,
    `client_id=app<run>&redirect=${uri('https://app.example.com/out/a')}`,
    `client_id=app<run>&redirect=${uri('https://app.example.com/out/a/b')}`,
    `client_id=app<run>&redirect=${uri('https://evil.example.org')}`,
  ].map(logout),
  {
    ...logout(`client_id=app<run>&redirect=${uri('https://app.example.com/callback')}`),
    title: 'logout in a session',
    session: 'b',
  },
  get('the home page after the logout', '/home', browser, 'b'),
]);
