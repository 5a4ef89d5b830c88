import { browser, createClient } from './browser-steps.js';
import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';

const callback = 'https%3A%2F%2Fapp.example.com%2Fcallback';
function page(title: string, request: string, more: Partial<Exchange> = {}): Exchange {
  return { title, request, headers: browser, ...more };
}
function authorize(title: string, query: string, more: Partial<Exchange> = {}): Exchange {
  return page(title, `GET /oauth/authorize?client_id=site<run>&redirect_uri=${callback}&${query}`, {
    session: 'eva',
    ...more,
  });
}
function exchangeCode(title: string, form: Record<string, string>): Exchange {
  return {
    title,
    request: 'POST /oauth/token',
    form: {
      grant_type: 'authorization_code',
      client_id: 'site<run>',
      client_secret: 'secret',
      redirect_uri: 'https://app.example.com/callback',
      ...form,
    },
  };
}
const json = { accept: 'application/json' };

compareWithRecordings('flows-browser', [
  adminToken,
  ...createUser('eva', ['pks.clusters.admin']),
  ...createClient('site', {
    scope: ['openid', 'uaa.user', 'scim.me', 'pks.clusters.admin'],
    redirect_uri: ['https://app.example.com/callback', 'http://localhost:8080/app/**'],
    autoapprove: true,
  }),
  ...createClient('ask', {
    scope: ['openid', 'scim.me', 'pks.clusters.admin'],
    autoapprove: ['openid'],
    name: 'Asking client',
  }),
  page('the login page as JSON with an origin', 'GET /login?origin=uaa', { headers: json }),
  page('a login without a CSRF token', 'POST /login.do', {
    form: { username: 'eva<run>', password: 'eva-password' },
  }),
  page('a login as the documentation shows', 'POST /login.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: { username: 'eva<run>', password: 'eva-password', 'X-Uaa-Csrf': '12345a' },
  }),
  page(
    'authorize with JSON and without a session',
    `GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=${callback}`,
    { headers: json },
  ),
  ...browserLogin('eva', 'eva'),
  authorize('a code', 'response_type=code&state=xyz', { save: { code: /[?&]code=([\w-]+)/ } }),
  exchangeCode('a code is exchanged with another redirect', {
    code: '<code>',
    redirect_uri: 'https://app.example.com/other',
  }),
  exchangeCode('a code is exchanged after an error', { code: '<code>' }),
  authorize('a second code', 'response_type=code&scope=openid&nonce=n', {
    save: { code2: /[?&]code=([\w-]+)/ },
  }),
  exchangeCode('a code is exchanged', { code: '<code2>' }),
  exchangeCode('a code is exchanged twice', { code: '<code2>' }),
  authorize(
    'a third code with a challenge',
    'response_type=code&scope=openid&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256',
    { save: { code3: /[?&]code=([\w-]+)/ } },
  ),
  exchangeCode('a code is exchanged for an opaque token', {
    code: '<code3>',
    token_format: 'opaque',
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  }),
  authorize('a fourth code', 'response_type=code', { save: { code4: /[?&]code=([\w-]+)/ } }),
  {
    title: 'a code is exchanged by another client',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'authorization_code',
      client_id: 'ask<run>',
      client_secret: 'secret',
      redirect_uri: 'https://app.example.com/callback',
      code: '<code4>',
    },
  },
  authorize('a fifth code', 'response_type=code', { save: { code5: /[?&]code=([\w-]+)/ } }),
  exchangeCode('a code is exchanged without a redirect', { code: '<code5>', redirect_uri: '' }),
  page(
    'a redirect with a path of a wildcard',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=http://localhost:8080/app/deep/path?x=y',
    { session: 'eva' },
  ),
  page('no redirect of several', 'GET /oauth/authorize?client_id=site<run>&response_type=code', {
    session: 'eva',
  }),
  page(
    'the approval page',
    `GET /oauth/authorize?client_id=ask<run>&response_type=code&redirect_uri=${callback}&state=s`,
    { session: 'eva', save: { approve: /name="X-Uaa-Csrf" value="([^"]+)"/ } },
  ),
  page('an approval', 'POST /oauth/authorize', {
    session: 'eva',
    form: {
      user_oauth_approval: 'true',
      'scope.0': 'scope.scim.me',
      'scope.1': 'scope.pks.clusters.admin',
      'X-Uaa-Csrf': '<approve>',
    },
  }),
  page('an approval a second time', 'POST /oauth/authorize', {
    session: 'eva',
    form: { user_oauth_approval: 'true', 'X-Uaa-Csrf': '<approve>' },
  }),
  page(
    'an authorization after the approval',
    `GET /oauth/authorize?client_id=ask<run>&response_type=code&redirect_uri=${callback}&state=s`,
    { session: 'eva' },
  ),
  page(
    'a logout with a redirect of a client',
    'GET /logout.do?redirect=https://app.example.com/callback&client_id=site<run>',
    { session: 'eva' },
  ),
  page(
    'authorize after the logout',
    `GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=${callback}`,
    { session: 'eva' },
  ),
]);
