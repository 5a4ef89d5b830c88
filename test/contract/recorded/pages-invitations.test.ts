import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { createAuthorizedClient, loginServer } from './pages-clients.js';
import { browserLogin, createUser } from './steps.js';

const html = { accept: 'text/html' };

function invite(
  name: string,
  email = `${name}<run>@example.com`,
  redirect = 'https%3A%2F%2Fapp<run>.example.com%2Fdone',
): Exchange {
  return {
    title: `invites ${name}`,
    request: `POST /invite_users?redirect_uri=${redirect}`,
    as: 'inviter',
    json: { emails: [email] },
    save: { [name]: /accept\?code=([\w-]+)/, [`${name}-id`]: 'new_invites.0.userId' },
  };
}

/** Opens the page of an invitation, which replaces its code. */
function open(name: string): readonly Exchange[] {
  return [
    invite(name),
    {
      title: `${name} opens the page`,
      request: `GET /invitations/accept?code=<${name}>`,
      headers: html,
      session: name,
      save: {
        [`page-${name}`]: /name="code" (?:type="hidden" )?value="([^"]+)"/,
        [`csrf-${name}`]: /name="X-Uaa-Csrf" value="([^"]+)"/,
      },
    },
  ];
}

function accept(
  title: string,
  name: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /invitations/accept.do',
    headers: html,
    session: name,
    form: { 'X-Uaa-Csrf': `<csrf-${name}>`, code: `<page-${name}>`, ...form },
    ...more,
  };
}

const passwords = { password: 'secret', password_confirmation: 'secret' };

compareWithRecordings('pages-invitations', [
  ...loginServer,
  ...createAuthorizedClient('inviter', ['scim.invite']),
  ...open('ada'),
  accept('accepts an invitation', 'ada', passwords),
  { title: 'the user is verified', request: 'GET /Users/<ada-id>', as: 'admin' },
  accept('accepts it twice', 'ada', passwords),
  {
    title: 'opens the page with a used code',
    request: 'GET /invitations/accept?code=<ada>',
    headers: html,
  },
  invite('ada2', 'ada<run>@example.com'),
  {
    title: 'a verified user opens the page',
    request: 'GET /invitations/accept?code=<ada2>',
    headers: html,
  },
  ...open('bob'),
  accept(
    'different passwords',
    'bob',
    { password: 'a', password_confirmation: 'b' },
    {
      save: { 'code-bob': /&code=([\w-]+)/ },
    },
  ),
  {
    title: 'opens the page with the error',
    request: 'GET /invitations/accept?error_message_code=form_error&code=<code-bob>',
    headers: html,
    session: 'bob',
    save: {
      'page-bob': /name="code" (?:type="hidden" )?value="([^"]+)"/,
      'csrf-bob': /name="X-Uaa-Csrf" value="([^"]+)"/,
    },
  },
  accept(
    'a long password',
    'bob',
    { password: 'x'.repeat(256), password_confirmation: 'x'.repeat(256) },
    {
      save: { 'code-bob': /&code=([\w-]+)/ },
    },
  ),
  {
    title: 'opens the page as JSON',
    request: 'GET /invitations/accept?code=<code-bob>',
    session: 'bob',
    save: { 'page-bob': 'code' },
  },
  accept('accepts as JSON', 'bob', passwords, { headers: {} }),
  ...open('cid'),
  accept('an unknown code', 'cid', { ...passwords, code: 'unknown' }),
  accept('a valid code after an unknown one', 'cid', passwords),
  ...open('dan'),
  accept('no code', 'dan', { ...passwords, code: '' }),
  ...open('eve'),
  accept('an empty password', 'eve', { password: '', password_confirmation: '' }),
  accept('no password', 'eve', {}),
  accept('a wrong CSRF token', 'eve', { 'X-Uaa-Csrf': 'wrong' }),
  accept('another session', 'new', passwords),
  invite('fay'),
  {
    title: 'opens the page with an error code',
    request: 'GET /invitations/accept?code=<fay>&error_message_code=bad_credentials',
    headers: html,
  },
  invite('gus'),
  {
    title: 'opens the page with a message',
    request: 'GET /invitations/accept?code=<gus>&error_message=form_error',
    headers: html,
  },
  invite('hal'),
  {
    title: 'opens the page as JSON with errors',
    request: 'GET /invitations/accept?code=<hal>&error_message=x&error_code=y&error_message_code=z',
  },
  invite('ian', 'ian<run>@example.com', 'https%3A%2F%2Fother.example.com'),
  {
    title: 'ian opens the page',
    request: 'GET /invitations/accept?code=<ian>',
    headers: html,
    session: 'ian',
    save: {
      'page-ian': /name="code" (?:type="hidden" )?value="([^"]+)"/,
      'csrf-ian': /name="X-Uaa-Csrf" value="([^"]+)"/,
    },
  },
  accept('accepts with a redirect that does not match', 'ian', passwords),
  ...createUser('jan'),
  ...browserLogin('jan', 'jan'),
  invite('jan2', 'other<run>@example.com'),
  {
    title: 'a logged-in user opens the page',
    request: 'GET /invitations/accept?code=<jan2>',
    headers: html,
    session: 'jan',
  },
  { title: 'the session of the logged-in user', request: 'GET /profile', session: 'jan' },
  invite('jan3', 'jan<run>@example.com'),
  {
    title: 'an existing user opens the page',
    request: 'GET /invitations/accept?code=<jan3>',
    headers: html,
  },
  {
    title: 'a code of the code store',
    request: 'POST /Codes',
    as: 'login',
    json: {
      data: '{"user_id":"<jan-id>","email":"jan<run>@example.com","origin":"unknown"}',
      expiresAt: 4_102_444_800_000,
    },
    save: { k: 'code' },
  },
  {
    title: 'opens the page for an unknown provider',
    request: 'GET /invitations/accept?code=<k>',
    headers: html,
  },
  {
    title: 'a code for another purpose',
    request: 'POST /password_resets',
    as: 'login',
    body: 'jan<run>',
    save: { l: 'code' },
  },
  {
    title: 'opens the page with a code for another purpose',
    request: 'GET /invitations/accept?code=<l>',
  },
]);
