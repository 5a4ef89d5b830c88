import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createAuthorizedClient, loginServer } from './pages-clients.js';
import { createUser } from './steps.js';

function verify(title: string, json: unknown, more: Partial<Exchange> = {}): Exchange {
  return { title, request: 'POST /email_verifications', as: 'login', json, ...more };
}

/** Saves the code, which is the whole body. */
function create(title: string, json: unknown, more: Partial<Exchange> = {}): Exchange {
  return verify(title, json, { save: { unused: /^([\w-]{10})$/ }, ...more });
}

function change(title: string, body: string, more: Partial<Exchange> = {}): Exchange {
  const headers = { 'content-type': 'application/json' };
  return { title, request: 'POST /email_changes', as: 'login', body, headers, ...more };
}

const email = 'new<run>@example.com';

/** A user whose name is not the email address. */
const namedUser = { userId: '<emil-id>', email };

compareWithRecordings('pages-email-changes', [
  ...loginServer,
  ...createAuthorizedClient('reader', ['scim.read']),
  ...createUser('emil'),
  {
    title: 'a user whose name is the email address is created',
    request: 'POST /Users',
    as: 'admin',
    json: {
      userName: 'mail<run>@example.com',
      emails: [{ value: 'mail<run>@example.com' }],
      name: { givenName: 'a', familyName: 'b' },
      password: 'password',
    },
    save: { 'mail-id': 'id' },
  },
  verify('requests a code', namedUser, { save: { code: /^([A-Za-z0-9_-]{10})$/ } }),
  change('changes the email', '<code>'),
  change('changes the email twice', '<code>'),
  { title: 'the user has the new email', request: 'GET /Users/<emil-id>', as: 'admin' },
  verify(
    'requests a code with a client',
    { ...namedUser, client_id: 'pks_cli' },
    { save: { code2: /^([A-Za-z0-9_-]{10})$/ } },
  ),
  change('changes the email for a client', '<code2>'),
  verify(
    'requests a code with an unknown client',
    { ...namedUser, client_id: 'unknown' },
    { save: { code3: /^([A-Za-z0-9_-]{10})$/ } },
  ),
  change('changes the email for an unknown client', '<code3>'),
  verify('requests a code for an email in use as a name', {
    userId: '<mail-id>',
    email: 'mail<run>@example.com',
  }),
  create('requests a code for an email in use, for a user with another name', {
    userId: '<emil-id>',
    email: 'mail<run>@example.com',
  }),
  verify(
    'requests a code for a user whose name is the email',
    { userId: '<mail-id>', email: 'mail2<run>@example.com' },
    { save: { code4: /^([A-Za-z0-9_-]{10})$/ } },
  ),
  change('changes the email and the name', '<code4>'),
  { title: 'the user has the new name', request: 'GET /Users/<mail-id>', as: 'admin' },
  verify('requests a code for an unknown user', { userId: 'unknown', email }),
  verify('requests a code without a user', { email }),
  create('requests a code without an email', { userId: '<emil-id>' }),
  create('requests a code without an email, for a user whose name is the email', {
    userId: '<mail-id>',
  }),
  create('requests a code with an invalid email', { userId: '<emil-id>', email: 'x' }),
  create('requests a code with an unknown field', { ...namedUser, a: 1 }),
  verify('requests a code with an empty object', {}),
  verify('requests a code with a list', []),
  create('requests a code as text', namedUser, { headers: { accept: 'text/plain' } }),
  create('requests a code with any accepted type', namedUser, { headers: { accept: '*/*' } }),
  create('requests a code as XML', namedUser, { headers: { accept: 'application/xml' } }),
  verify(
    'requests a code for an unknown user as HTML',
    { userId: 'unknown', email },
    { headers: { accept: 'text/html' } },
  ),
  verify('requests a code without the scope', namedUser, { as: 'reader' }),
  verify('requests a code as an administrator', namedUser, { as: 'admin' }),
  { title: 'requests a code without a token', request: 'POST /email_verifications', json: {} },
  {
    title: 'requests a code without a token, HTML',
    request: 'POST /email_verifications',
    json: {},
    headers: { accept: 'text/html' },
  },
  {
    title: 'requests a code with a form',
    request: 'POST /email_verifications',
    as: 'login',
    form: { userId: 'x' },
  },
  {
    title: 'requests a code with an empty body',
    request: 'POST /email_verifications',
    as: 'login',
    body: '',
    headers: { 'content-type': 'application/json' },
  },
  { title: 'GET email_verifications', request: 'GET /email_verifications', as: 'login' },
  { title: 'GET email_verifications without a token', request: 'GET /email_verifications' },
  { title: 'PUT email_verifications', request: 'PUT /email_verifications', as: 'login', json: {} },
  change('changes the email with an unknown code', 'unknown'),
  change('changes the email with an unknown code, HTML', 'unknown', {
    headers: { accept: 'text/html' },
  }),
  change('changes the email with an unknown code, any type', 'unknown', {
    headers: { accept: '*/*' },
  }),
  change('changes the email with an empty code', ''),
  change('changes the email with a code in quotes', '"unknown"'),
  change('changes the email without the scope', 'unknown', { as: 'reader' }),
  change('changes the email as an administrator', 'unknown', { as: 'admin' }),
  { title: 'changes the email without a token', request: 'POST /email_changes', body: 'x' },
  {
    title: 'changes the email with a form',
    request: 'POST /email_changes',
    as: 'login',
    form: { code: 'x' },
  },
  { title: 'GET email_changes', request: 'GET /email_changes', as: 'login' },
  { title: 'DELETE email_changes', request: 'DELETE /email_changes', as: 'login' },
  { title: 'HEAD email_changes', request: 'HEAD /email_changes', as: 'login' },
  { title: 'OPTIONS email_changes', request: 'OPTIONS /email_changes', as: 'login' },
  { title: 'an unknown path with the prefix email', request: 'GET /email_x', as: 'login' },
  { title: 'an unknown path with the prefix email, without a token', request: 'GET /email_x' },
  {
    title: 'a code without an intent',
    request: 'POST /Codes',
    as: 'login',
    json: {
      data: '{"userId":"<emil-id>","email":"third<run>@example.com"}',
      expiresAt: 4_102_444_800_000,
    },
    save: { code5: 'code' },
  },
  change('changes the email with a code of the code store', '<code5>'),
]);
