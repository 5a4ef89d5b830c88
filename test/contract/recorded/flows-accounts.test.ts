import { browser, createClient } from './browser-steps.js';
import { compareWithRecordings } from './compare.js';
import { adminToken, browserLogin, createUser } from './steps.js';
import { clientToken, createClient as createMachine } from './clients-steps.js';
import type { Exchange } from './exchange.js';

function page(title: string, request: string, more: Partial<Exchange> = {}): Exchange {
  return { title, request, headers: browser, ...more };
}
const csrf = /name="X-Uaa-Csrf" value="([^"]+)"/;

compareWithRecordings('flows-accounts', [
  adminToken,
  createMachine('machine', { authorities: ['oauth.login', 'scim.invite', 'uaa.resource'] }),
  clientToken('machine'),
  ...createClient('site', { autoapprove: false }),
  ...createUser('ida', ['pks.clusters.admin']),
  ...createUser('jon'),

  {
    title: 'a user is invited',
    request: 'POST /invite_users?client_id=site<run>&redirect_uri=https://app.example.com/callback',
    as: 'machine',
    json: { emails: ['kim<run>@example.com'] },
    save: { invitation: /accept\?code=([\w-]+)/ },
  },
  page('the invitation is opened', 'GET /invitations/accept?code=<invitation>', {
    session: 'kim',
    save: { code: /name="code"[^>]*value="([\w-]+)"/, csrf },
  }),
  page('the invitation is accepted with different passwords', 'POST /invitations/accept.do', {
    session: 'kim',
    form: { 'X-Uaa-Csrf': '<csrf>', code: '<code>', password: 'a', password_confirmation: 'b' },
  }),
  page(
    'the invitation is opened again with the old code',
    'GET /invitations/accept?code=<invitation>',
    { session: 'kim' },
  ),
  {
    title: 'another user is invited',
    request: 'POST /invite_users?client_id=site<run>&redirect_uri=https://app.example.com/callback',
    as: 'machine',
    json: { emails: ['lee<run>@example.com'] },
    save: { invitation2: /accept\?code=([\w-]+)/ },
  },
  page('the other invitation is opened', 'GET /invitations/accept?code=<invitation2>', {
    session: 'lee',
    save: { code2: /name="code"[^>]*value="([\w-]+)"/, csrf2: csrf },
  }),
  page('the other invitation is accepted without a CSRF token', 'POST /invitations/accept.do', {
    session: 'lee',
    form: { code: '<code2>', password: 'lee-password', password_confirmation: 'lee-password' },
  }),
  page('the other invitation is accepted', 'POST /invitations/accept.do', {
    session: 'lee',
    form: {
      'X-Uaa-Csrf': '<csrf2>',
      code: '<code2>',
      password: 'lee-password',
      password_confirmation: 'lee-password',
    },
  }),
  {
    title: 'the invited user gets a token',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'lee<run>@example.com',
      password: 'lee-password',
    },
  },
  {
    title: 'the invited user is read',
    request:
      'GET /Users?filter=userName+eq+%22lee<run>@example.com%22&attributes=userName,verified,origin,active,name',
    as: 'admin',
  },

  {
    title: 'a reset of the password',
    request:
      'POST /password_resets?client_id=site<run>&redirect_uri=https://app.example.com/callback',
    as: 'machine',
    headers: { 'content-type': 'application/json' },
    body: 'ida<run>',
    save: { reset: 'code' },
  },
  page('the page of the reset', 'GET /reset_password?code=<reset>&email=ida<run>@example.com', {
    session: 'reset',
    save: { 'reset-csrf': csrf, 'reset-code': /name="code"[^>]*value="([\w-]+)"/ },
  }),
  page('the reset with different passwords', 'POST /reset_password.do', {
    session: 'reset',
    form: {
      'X-Uaa-Csrf': '<reset-csrf>',
      code: '<reset-code>',
      email: 'ida<run>@example.com',
      password: 'a',
      password_confirmation: 'b',
    },
  }),
  {
    title: 'a second reset of the password',
    request: 'POST /password_resets?client_id=site<run>',
    as: 'machine',
    headers: { 'content-type': 'application/json' },
    body: 'ida<run>',
    save: { reset2: 'code' },
  },
  page(
    'the page of the second reset',
    'GET /reset_password?code=<reset2>&email=ida<run>@example.com',
    {
      session: 'reset2',
      save: { 'reset-csrf2': csrf, 'reset-code2': /name="code"[^>]*value="([\w-]+)"/ },
    },
  ),
  page('the second reset', 'POST /reset_password.do', {
    session: 'reset2',
    form: {
      'X-Uaa-Csrf': '<reset-csrf2>',
      code: '<reset-code2>',
      email: 'ida<run>@example.com',
      password: 'ida-new',
      password_confirmation: 'ida-new',
    },
  }),
  page('the second reset again', 'POST /reset_password.do', {
    session: 'reset2',
    form: {
      'X-Uaa-Csrf': '<reset-csrf2>',
      code: '<reset-code2>',
      email: 'ida<run>@example.com',
      password: 'ida-new',
      password_confirmation: 'ida-new',
    },
  }),
  {
    title: 'the old password after the reset',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'ida<run>',
      password: 'ida-password',
    },
  },
  {
    title: 'the new password after the reset',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'ida<run>',
      password: 'ida-new',
    },
    save: { ida: 'access_token' },
  },

  ...browserLogin('jon', 'jon'),
  page('the profile of a user without approvals', 'GET /profile', { session: 'jon' }),
  page(
    'the page for approvals',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=https://app.example.com/callback&scope=openid+scim.me',
    { session: 'jon', save: { approve: csrf } },
  ),
  page('the approval of one scope', 'POST /oauth/authorize', {
    session: 'jon',
    form: { 'X-Uaa-Csrf': '<approve>', user_oauth_approval: 'true', 'scope.0': 'scope.openid' },
  }),
  page('the profile of a user with approvals', 'GET /profile', {
    session: 'jon',
    save: { profile: csrf },
  }),
  page('the removal of the approvals of a client', 'POST /profile', {
    session: 'jon',
    form: { 'X-Uaa-Csrf': '<profile>', clientId: 'site<run>', delete: '' },
  }),
  page('the removal of the approvals without a CSRF token', 'POST /profile', {
    session: 'jon',
    form: { clientId: 'site<run>', delete: '' },
  }),
  page('the page for the password', 'GET /change_password', {
    session: 'jon',
    save: { change: csrf },
  }),
  page('a change of the password with a wrong old one', 'POST /change_password.do', {
    session: 'jon',
    form: {
      'X-Uaa-Csrf': '<change>',
      current_password: 'wrong',
      new_password: 'jon-new',
      confirm_password: 'jon-new',
    },
  }),
  page('a change of the password with different new ones', 'POST /change_password.do', {
    session: 'jon',
    form: {
      'X-Uaa-Csrf': '<change>',
      current_password: 'jon-password',
      new_password: 'jon-new',
      confirm_password: 'other',
    },
  }),
  page('a change of the password to the same one', 'POST /change_password.do', {
    session: 'jon',
    form: {
      'X-Uaa-Csrf': '<change>',
      current_password: 'jon-password',
      new_password: 'jon-password',
      confirm_password: 'jon-password',
    },
  }),
  page('a change of the password', 'POST /change_password.do', {
    session: 'jon',
    form: {
      'X-Uaa-Csrf': '<change>',
      current_password: 'jon-password',
      new_password: 'jon-new',
      confirm_password: 'jon-new',
    },
  }),
  page(
    'the page for the email',
    'GET /change_email?client_id=site<run>&redirect_uri=https://app.example.com/callback',
    { session: 'jon', save: { email: csrf } },
  ),
  page('a change of the email to one that is not valid', 'POST /change_email.do', {
    session: 'jon',
    form: { 'X-Uaa-Csrf': '<email>', newEmail: 'jon' },
  }),
  page('a change of the email', 'POST /change_email.do', {
    session: 'jon',
    form: { 'X-Uaa-Csrf': '<email>', newEmail: 'jon2<run>@example.com' },
  }),

  {
    title: 'a password change is required',
    request: 'PATCH /Users/<jon-id>/status',
    as: 'admin',
    json: { passwordChangeRequired: true },
  },
  {
    title: 'a token while a password change is required',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'jon<run>',
      password: 'jon-new',
    },
  },
  page('the login page before the required change', 'GET /login', {
    session: 'jon2',
    save: { login: csrf },
  }),
  page('the login before the required change', 'POST /login.do', {
    session: 'jon2',
    form: { 'X-Uaa-Csrf': '<login>', username: 'jon<run>', password: 'jon-new' },
  }),
  page('the home page before the required change', 'GET /home', { session: 'jon2' }),
  page(
    'an authorization before the required change',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=https://app.example.com/callback&prompt=none',
    { session: 'jon2' },
  ),
  page('the page of the required change', 'GET /force_password_change', {
    session: 'jon2',
    save: { force: csrf },
  }),
  page('the required change with different passwords', 'POST /force_password_change', {
    session: 'jon2',
    form: { 'X-Uaa-Csrf': '<force>', password: 'a', password_confirmation: 'b' },
  }),
  page('the required change to the same password', 'POST /force_password_change', {
    session: 'jon2',
    form: { 'X-Uaa-Csrf': '<force>', password: 'jon-new', password_confirmation: 'jon-new' },
  }),
  page('the required change', 'POST /force_password_change', {
    session: 'jon2',
    form: { 'X-Uaa-Csrf': '<force>', password: 'jon-newer', password_confirmation: 'jon-newer' },
  }),
  page('the home page after the required change', 'GET /home', { session: 'jon2' }),

  {
    title: 'a code for a login',
    request: 'POST /autologin',
    basic: ['site<run>', 'secret'],
    json: { username: 'ida<run>', password: 'ida-new' },
    save: { auto: 'code' },
  },
  page(
    'a login with the code of another client',
    'GET /autologin?code=<auto>&client_id=machine<run>',
    { session: 'auto' },
  ),
  {
    title: 'another code for a login',
    request: 'POST /autologin',
    basic: ['site<run>', 'secret'],
    json: { username: 'ida<run>', password: 'ida-new' },
    save: { auto2: 'code' },
  },
  page('a login with the code', 'GET /autologin?code=<auto2>&client_id=site<run>', {
    session: 'auto',
  }),
  page('a login with the code again', 'GET /autologin?code=<auto2>&client_id=site<run>', {
    session: 'auto',
  }),
  page('the home page after a login with a code', 'GET /home', { session: 'auto' }),
  {
    title: 'an authorization with a code for a login',
    request: 'POST /autologin',
    basic: ['site<run>', 'secret'],
    json: { username: 'ida<run>', password: 'wrong' },
  },
  {
    title: 'a code for a login with a form',
    request: 'POST /autologin',
    basic: ['site<run>', 'secret'],
    form: { username: 'ida<run>', password: 'ida-new' },
    save: { auto3: 'code' },
  },
  page(
    'an authorization with a code',
    'GET /oauth/authorize?client_id=site<run>&response_type=code&redirect_uri=https://app.example.com/callback&code=<auto3>',
    { session: 'bycode', save: { bycode: csrf } },
  ),
  page('an approval after an authorization with a code', 'POST /oauth/authorize', {
    session: 'bycode',
    form: { 'X-Uaa-Csrf': '<bycode>', user_oauth_approval: 'true', 'scope.0': 'scope.openid' },
  }),
  page('the passcode page', 'GET /passcode', {
    session: 'auto',
    headers: { accept: 'application/json' },
    save: { passcode: /"([\w-]+)"/ },
  }),
  {
    title: 'a token with a passcode',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      passcode: '<passcode>',
    },
  },
  {
    title: 'a token with a used passcode',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      passcode: '<passcode>',
    },
  },
  {
    title: 'a token with a wrong client',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'site<run>',
      client_secret: 'wrong',
      username: 'ida<run>',
      password: 'ida-new',
    },
  },
  page(
    'the page of a new account',
    'GET /create_account?client_id=site<run>&redirect_uri=https://app.example.com/callback',
    { session: 'new', save: { new: csrf } },
  ),
  page('a new account', 'POST /create_account.do', {
    session: 'new',
    form: {
      'X-Uaa-Csrf': '<new>',
      email: 'mia<run>@example.com',
      password: 'mia-password',
      password_confirmation: 'mia-password',
      client_id: 'site<run>',
      redirect_uri: 'https://app.example.com/callback',
    },
  }),
  page('a new account of a user that exists', 'POST /create_account.do', {
    session: 'new',
    form: {
      'X-Uaa-Csrf': '<new>',
      email: 'lee<run>@example.com',
      password: 'x',
      password_confirmation: 'x',
    },
  }),
  {
    title: 'the user of the new account',
    request:
      'GET /Users?filter=userName+eq+%22mia<run>@example.com%22&attributes=userName,verified,active',
    as: 'admin',
  },
  {
    title: 'a token of the new account',
    request: 'POST /oauth/token',
    form: {
      grant_type: 'password',
      client_id: 'pks_cli',
      client_secret: '',
      username: 'mia<run>@example.com',
      password: 'mia-password',
    },
  },
  page('a logout at the end', 'GET /logout.do', { session: 'auto' }),
  page('the home page after the logout', 'GET /home', { session: 'auto' }),
]);
