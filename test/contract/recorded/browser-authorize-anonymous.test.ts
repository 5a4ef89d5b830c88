import { compareWithRecordings } from './compare.js';
import { authorizePath, browser, createClient } from './browser-steps.js';
import { adminToken } from './steps.js';
import type { Exchange } from './exchange.js';

function get(
  title: string,
  query: string,
  client = 'auto',
  accept: string | null = browser.accept,
): Exchange {
  return { title, request: `GET ${authorizePath(client, query)}`, headers: { accept } };
}

const json = 'application/json';

compareWithRecordings('browser-authorize-anonymous', [
  adminToken,
  ...createClient('auto'),
  ...createClient('two', {
    redirect_uri: ['https://app.example.com/a', 'https://app.example.com/b'],
  }),
  ...createClient('none', { redirect_uri: [], authorized_grant_types: ['password'] }),
  ...createClient('port', {
    redirect_uri: ['https://app.example.com:8443/a?x=1', 'tpks://callback'],
  }),
  get('a browser', 'response_type=code'),
  get('a client that accepts JSON', 'response_type=code', 'auto', json),
  get('a client that accepts everything', 'response_type=code', 'auto', '*/*'),
  get('a client that accepts XML', 'response_type=code', 'auto', 'application/xml'),
  get('a client without Accept', 'response_type=code', 'auto', null),
  get('a browser requests a token', 'response_type=token'),
  get('an unknown client', 'response_type=code', 'unknown'),
  get('an unknown client that accepts JSON', 'response_type=code', 'unknown', json),
  get('a wrong redirect URI', 'response_type=code&redirect_uri=https://evil.example.org'),
  { title: 'no parameters', request: 'GET /oauth/authorize', headers: browser },
  { title: 'no parameters as JSON', request: 'GET /oauth/authorize' },
  {
    title: 'HEAD',
    request: `HEAD ${authorizePath('auto', 'response_type=code')}`,
    headers: browser,
  },
  {
    title: 'OPTIONS',
    request: `OPTIONS ${authorizePath('auto', 'response_type=code')}`,
    headers: browser,
  },
  { title: 'PUT', request: `PUT ${authorizePath('auto', 'response_type=code')}`, headers: browser },
  { title: 'PUT as JSON', request: `PUT ${authorizePath('auto', 'response_type=code')}` },
  {
    title: 'DELETE',
    request: `DELETE ${authorizePath('auto', 'response_type=code')}`,
    headers: browser,
  },
  {
    title: 'PATCH',
    request: `PATCH ${authorizePath('auto', 'response_type=code')}`,
    headers: browser,
  },
  {
    title: 'POST without a body',
    request: `POST ${authorizePath('auto', 'response_type=code')}`,
    headers: browser,
  },
  {
    title: 'POST without a body as JSON',
    request: `POST ${authorizePath('auto', 'response_type=code')}`,
  },
  {
    title: 'POST with a form',
    request: 'POST /oauth/authorize',
    headers: browser,
    form: { client_id: 'auto<run>', response_type: 'code' },
  },
  {
    title: 'POST with a form as JSON',
    request: 'POST /oauth/authorize',
    form: { client_id: 'auto<run>', response_type: 'code' },
  },
  {
    title: 'POST of an approval',
    request: 'POST /oauth/authorize',
    headers: browser,
    form: { client_id: 'auto<run>', response_type: 'code', user_oauth_approval: 'true' },
  },
  get('prompt=none', 'response_type=code&prompt=none'),
  get('prompt=none with a state', 'response_type=code&prompt=none&state=s'),
  get(
    'prompt=none with a redirect URI',
    'response_type=code&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fx%3D1',
  ),
  get(
    'prompt=none with a redirect URI with a fragment',
    'response_type=token&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%23x%3D1',
  ),
  get(
    'prompt=none for a code and a redirect URI with a fragment',
    'response_type=code&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%23x%3D1',
  ),
  get('prompt=none for a token', 'response_type=token&prompt=none'),
  get('prompt=none for an id token', 'response_type=id_token&prompt=none&state=s'),
  get('prompt=none for a code and an id token', 'response_type=code%20id_token&prompt=none'),
  get('prompt=none for CODE', 'response_type=CODE&prompt=none'),
  get('prompt=none for foo', 'response_type=foo&prompt=none'),
  get('prompt=none without a response type', 'prompt=none'),
  get(
    'prompt=none with a wrong redirect URI',
    'response_type=code&prompt=none&redirect_uri=https://evil.example.org',
  ),
  get('prompt=none of an unknown client', 'response_type=code&prompt=none', 'unknown'),
  get(
    'prompt=none of an unknown client as JSON',
    'response_type=code&prompt=none',
    'unknown',
    json,
  ),
  get('prompt=none as JSON', 'response_type=code&prompt=none', 'auto', json),
  get('prompt=none and another value', 'response_type=code&prompt=none%20login'),
  get('prompt=None', 'response_type=code&prompt=None'),
  get('prompt=none without a redirect URI of two', 'response_type=code&prompt=none', 'two'),
  get('prompt=none of a client without redirect URIs', 'response_type=code&prompt=none', 'none'),
  get(
    'prompt=none with the redirect URI of a custom scheme',
    'response_type=code&prompt=none&redirect_uri=tpks%3A%2F%2Fcallback',
    'port',
  ),
  get(
    'prompt=none with a redirect URI with a port',
    'response_type=code&prompt=none&redirect_uri=https%3A%2F%2Fapp.example.com%3A8443%2Fa',
    'port',
  ),
  {
    title: 'POST with prompt=none',
    request: `POST ${authorizePath('auto', 'response_type=code&prompt=none')}`,
    headers: browser,
  },
  {
    title: 'HEAD with prompt=none',
    request: `HEAD ${authorizePath('auto', 'response_type=code&prompt=none')}`,
    headers: browser,
  },
  {
    title: 'prompt=none without a client id',
    request: 'GET /oauth/authorize?response_type=code&prompt=none',
    headers: browser,
  },
  get('prompt=login', 'response_type=code&prompt=login'),
  get('prompt=login as JSON', 'response_type=code&prompt=login', 'auto', json),
  get(
    'prompt=login with encoded parameters',
    'response_type=code&prompt=login&state=a%20b%26c%C3%BC&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback',
  ),
  {
    title: 'POST with prompt=login',
    request: 'POST /oauth/authorize',
    headers: browser,
    form: { client_id: 'auto<run>', response_type: 'code', prompt: 'login' },
  },
  { title: 'prompt=login on the login page', request: 'GET /login?prompt=login', headers: browser },
  {
    title: 'prompt=login on the passcode page',
    request: 'GET /passcode?prompt=login',
    headers: browser,
  },
  get('max_age', 'response_type=code&max_age=1'),
  get('a max_age that is not a number', 'response_type=code&max_age=foo'),
  {
    title: 'login hint in a session',
    request: `GET ${authorizePath('auto', 'response_type=code&login_hint=%7B%22origin%22%3A%22uaa%22%7D')}`,
    headers: browser,
    session: 'hint',
  },
  {
    title: 'the login page after the login hint',
    request: 'GET /login',
    headers: browser,
    session: 'hint',
  },
  {
    title: 'unknown login hint in a session',
    request: `GET ${authorizePath('auto', 'response_type=code&login_hint=%7B%22origin%22%3A%22foo%22%7D')}`,
    headers: browser,
    session: 'hint2',
  },
  {
    title: 'the login page after the unknown login hint',
    request: 'GET /login',
    headers: browser,
    session: 'hint2',
  },
  {
    title: 'the login page as JSON after the unknown login hint',
    request: 'GET /login',
    session: 'hint2',
  },
  get('a code parameter', 'response_type=code&code=foo'),
  get('a code parameter as JSON', 'response_type=code&code=foo', 'auto', json),
  get('an empty code parameter', 'response_type=code&code='),
  get('a code parameter with the response type token', 'response_type=token&code=foo'),
]);
