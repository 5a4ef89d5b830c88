import { compareWithRecordings } from './compare.js';
import { browser, createClient } from './browser-steps.js';
import { adminToken, browserLogin, createUser } from './steps.js';
import type { Exchange } from './exchange.js';

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
  page('the start page without a session', 'GET /'),
  page('the home page without a session', 'GET /home'),
  page('the profile without a session', 'GET /profile'),
  page('the passcode without a session', 'GET /passcode'),
  page('the login page in German', 'GET /login', {
    headers: { ...browser, 'accept-language': 'de' },
  }),
  page('the login page with an error', 'GET /login?error=login_failure'),
  page('the login page with an unknown error', 'GET /login?error=nosuch'),
  page('the login page with a success', 'GET /login?success=password_reset'),
  page(
    'the login page with an account',
    'GET /login?username=eva<run>&login_hint=%7B%22origin%22%3A%22uaa%22%7D',
  ),
  page(
    'the login page with a redirect',
    'GET /login?form_redirect_uri=https://app.example.com/callback',
  ),
  page('the login page as JSON', 'GET /login', { headers: json }),
  page('the login page as JSON with an origin', 'GET /login?origin=uaa', { headers: json }),
  page('the login page as JSON with an unknown origin', 'GET /login?origin=nosuch', {
    headers: json,
  }),
  page('info with an origin', 'GET /info?origin=ldap', { headers: json }),
  page('the login page by HEAD', 'HEAD /login'),
  page('a login without a CSRF token', 'POST /login.do', {
    form: { username: 'eva<run>', password: 'eva-password' },
  }),
  page('a login as the documentation shows', 'POST /login.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: { username: 'eva<run>', password: 'eva-password', 'X-Uaa-Csrf': '12345a' },
  }),
  page('a login with a wrong password', 'POST /login.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: { username: 'eva<run>', password: 'wrong', 'X-Uaa-Csrf': '12345a' },
  }),
  page('a login with an empty username', 'POST /login.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: { username: '', password: 'wrong', 'X-Uaa-Csrf': '12345a' },
  }),
  page('a login with a redirect', 'POST /login.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: {
      username: 'eva<run>',
      password: 'eva-password',
      'X-Uaa-Csrf': '12345a',
      form_redirect_uri: 'https://app.example.com/callback',
    },
  }),
  page('a login with JSON', 'POST /login.do', {
    headers: { ...json, cookie: 'X-Uaa-Csrf=12345a' },
    form: { username: 'eva<run>', password: 'eva-password', 'X-Uaa-Csrf': '12345a' },
  }),
  page('a login by GET', 'GET /login.do'),
  page('a login with a wrong CSRF token', 'POST /login.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: { username: 'eva<run>', password: 'eva-password', 'X-Uaa-Csrf': 'other' },
  }),
  page(
    'authorize without a session and without a prompt',
    `GET /oauth/authorize?client_id=site<run>&response_type=token&redirect_uri=${callback}&prompt=none`,
  ),
  page(
    'authorize with JSON and without a session',
    `GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=${callback}`,
    { headers: json },
  ),
  page('authorize without a client', 'GET /oauth/authorize?response_type=code'),
  page('authorize without parameters', 'GET /oauth/authorize'),
  ...browserLogin('eva', 'eva'),
  page('the login page with a session', 'GET /login', { session: 'eva' }),
  page('the home page with a session', 'GET /home', { session: 'eva' }),
  page('the start page with a session', 'GET /', { session: 'eva' }),
  page('the passcode with a session', 'GET /passcode', {
    session: 'eva',
    save: { passcode: />\s*([\w-]{10})\s*<\/h2>/ },
  }),
  page('the profile with a session', 'GET /profile', { session: 'eva' }),
  page('the profile as JSON', 'GET /profile', { session: 'eva', headers: json }),
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
  authorize('a token', 'response_type=token&state=xyz'),
  authorize('an id token', 'response_type=id_token&scope=openid&nonce=abc'),
  authorize('an id token and a token', 'response_type=token%20id_token&scope=openid'),
  authorize('a code and an id token', 'response_type=code%20id_token&scope=openid&state=s'),
  authorize('a code and a token', 'response_type=code+token'),
  authorize('all three', 'response_type=code+token+id_token&scope=openid'),
  authorize('an id token without openid', 'response_type=id_token&scope=scim.me'),
  authorize('an unknown response type', 'response_type=nosuch'),
  authorize('an empty response type', 'response_type='),
  authorize('no response type', 'state=x'),
  authorize('an unknown scope', 'response_type=code&scope=nosuch&state=x'),
  authorize('an unknown and a known scope', 'response_type=token&scope=openid%20nosuch&state=x'),
  authorize('an empty scope', 'response_type=code&scope='),
  authorize('an opaque token', 'response_type=token&token_format=opaque'),
  authorize('prompt none', 'response_type=token&prompt=none'),
  authorize('prompt none for a code', 'response_type=code&prompt=none&state=1'),
  authorize('prompt login', 'response_type=code&prompt=login'),
  ...browserLogin('eva', 'eva').map((step) => ({ ...step, title: `${step.title} again` })),
  authorize('a maximum age', 'response_type=code&max_age=1000'),
  authorize('a maximum age of a word', 'response_type=code&max_age=abc'),
  authorize('a login hint', 'response_type=code&login_hint=%7B%22origin%22%3A%22uaa%22%7D'),
  page(
    'a redirect with a path of a wildcard',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=http://localhost:8080/app/deep/path?x=y',
    { session: 'eva' },
  ),
  page(
    'a redirect that is not registered',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=https://evil.example.com',
    { session: 'eva' },
  ),
  page(
    'a redirect that is not registered as JSON',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=https://evil.example.com',
    { session: 'eva', headers: json },
  ),
  page('no redirect of several', 'GET /oauth/authorize?client_id=site<run>&response_type=code', {
    session: 'eva',
  }),
  page('an unknown client', 'GET /oauth/authorize?client_id=nosuch<run>&response_type=code', {
    session: 'eva',
  }),
  page(
    'a client without the code grant',
    'GET /oauth/authorize?client_id=pks_client&response_type=code',
    { session: 'eva' },
  ),
  page(
    'an authorization by POST without a CSRF token',
    `POST /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=${callback}`,
    { session: 'eva', form: {} },
  ),
  page('an authorization by PUT', 'PUT /oauth/authorize?client_id=site<run>&response_type=code', {
    session: 'eva',
  }),
  page(
    'the approval page',
    `GET /oauth/authorize?client_id=ask<run>&response_type=code&redirect_uri=${callback}&state=s`,
    { session: 'eva', save: { approve: /name="X-Uaa-Csrf" value="([^"]+)"/ } },
  ),
  page(
    'the approval page as JSON',
    `GET /oauth/authorize?client_id=ask<run>&response_type=code&redirect_uri=${callback}&state=s`,
    { session: 'eva', headers: json },
  ),
  page(
    'the approval without a prompt',
    `GET /oauth/authorize?client_id=ask<run>&response_type=code&redirect_uri=${callback}&state=s&prompt=none`,
    { session: 'eva' },
  ),
  page(
    'the approval page once more',
    `GET /oauth/authorize?client_id=ask<run>&response_type=code&redirect_uri=${callback}&state=s`,
    { session: 'eva', save: { approve: /name="X-Uaa-Csrf" value="([^"]+)"/ } },
  ),
  page('an approval with a wrong CSRF token', 'POST /oauth/authorize', {
    session: 'eva',
    form: { user_oauth_approval: 'true', 'scope.0': 'scope.scim.me', 'X-Uaa-Csrf': 'wrong' },
  }),
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
    'the session page',
    'GET /session?clientId=site<run>&messageOrigin=https://app.example.com',
    { session: 'eva' },
  ),
  page('the session page without parameters', 'GET /session', { session: 'eva' }),
  page('the session management page', 'GET /session_management?clientId=1&messageOrigin=origin'),
  page('the session management page without parameters', 'GET /session_management'),
  page('the page of a rejected request', 'GET /invalid_request'),
  page('the page of a change of the email', 'GET /change_email', { session: 'eva' }),
  page('the page of a change of the password', 'GET /change_password', { session: 'eva' }),
  page(
    'the page of a forgotten password',
    'GET /forgot_password?client_id=site<run>&redirect_uri=https://app.example.com/callback',
  ),
  page('a forgotten password', 'POST /forgot_password.do', { form: { username: 'eva<run>' } }),
  page('a forgotten password without a name', 'POST /forgot_password.do', { form: {} }),
  page('the page of a sent email', 'GET /email_sent?code=reset_password'),
  page(
    'the page of a new account',
    'GET /create_account?client_id=site<run>&redirect_uri=https://app.example.com/callback',
  ),
  page('a new account', 'POST /create_account.do', {
    form: { email: 'eva2<run>@example.com', password: 'x', password_confirmation: 'x' },
  }),
  page('a new account with different passwords', 'POST /create_account.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: {
      email: 'eva3<run>@example.com',
      password: 'x',
      password_confirmation: 'y',
      'X-Uaa-Csrf': '12345a',
    },
  }),
  page('a new account with an email that is not valid', 'POST /create_account.do', {
    headers: { ...browser, cookie: 'X-Uaa-Csrf=12345a' },
    form: { email: 'eva', password: 'x', password_confirmation: 'x', 'X-Uaa-Csrf': '12345a' },
  }),
  page('the page of a sent activation', 'GET /accounts/email_sent'),
  page('a verification with an unknown code', 'GET /verify_user?code=nosuch'),
  page('a verification of an email with an unknown code', 'GET /verify_email?code=nosuch'),
  page('a reset with an unknown code', 'GET /reset_password?code=nosuch&email=a@example.com'),
  page('a reset without a code', 'GET /reset_password'),
  page('an invitation with an unknown code', 'GET /invitations/accept?code=nosuch'),
  page('an invitation without a code', 'GET /invitations/accept'),
  page('an autologin with an unknown code', 'GET /autologin?code=nosuch&client_id=site<run>'),
  page('an autologin without a code', 'GET /autologin'),
  page('a forced change of the password', 'GET /force_password_change'),
  page('a discovery page', 'GET /login/idp_discovery?email=a@example.com'),
  page('a callback of a provider', 'GET /login/callback/nosuch?code=x'),
  page('the SAML metadata of a provider', 'GET /saml/SSO/alias/nosuch'),
  page('a page that does not exist', 'GET /nosuch<run>'),
  page('a style sheet that does not exist', 'GET /resources/nosuch.css'),
  page(
    'a logout with a redirect that is not registered',
    'GET /logout.do?redirect=https://evil.example.com&client_id=site<run>',
    { session: 'eva' },
  ),
  ...browserLogin('eva', 'eva').map((step) => ({
    ...step,
    title: `${step.title} for the second time`,
  })),
  page(
    'a logout with a redirect of a client',
    'GET /logout.do?redirect=https://app.example.com/callback&client_id=site<run>',
    { session: 'eva' },
  ),
  page(
    'a logout without a session',
    'GET /logout.do?redirect=http://redirect.localhost&client_id=some_client',
  ),
  page('a logout by POST', 'POST /logout.do'),
  page('a logout at a path without a suffix', 'GET /logout'),
  page(
    'authorize after the logout',
    `GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=${callback}`,
    { session: 'eva' },
  ),
]);
