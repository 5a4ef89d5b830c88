import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, browserLogin, createUser } from './steps.js';

const html = { accept: 'text/html' };

function get(path: string, title = path, more: Partial<Exchange> = {}): Exchange {
  return { title: `gets ${title}`, request: `GET ${path}`, headers: html, session: 'a', ...more };
}

function submit(
  title: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /force_password_change',
    headers: html,
    session: 'a',
    form: { 'X-Uaa-Csrf': '<csrf>', ...form },
    ...more,
  };
}

compareWithRecordings('pages-force-password', [
  adminToken,
  ...createUser('felix'),
  {
    title: 'felix must change the password',
    request: 'PATCH /Users/<felix-id>/status',
    as: 'admin',
    json: { passwordChangeRequired: true },
  },
  ...browserLogin('a', 'felix'),
  get('/'),
  get('/profile'),
  get('/profile', 'the profile as JSON', { headers: {} }),
  get('/forgot_password'),
  get('/reset_password?code=x'),
  get('/login'),
  get('/passcode'),
  get('/force_password_change', 'the page as JSON', { headers: {} }),
  {
    title: 'opens the page',
    request: 'GET /force_password_change',
    headers: html,
    session: 'a',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  submit('different passwords', { password: 'a', password_confirmation: 'b' }),
  submit(
    'different passwords as JSON',
    { password: 'a', password_confirmation: 'b' },
    { headers: {} },
  ),
  submit('empty passwords', { password: '', password_confirmation: '' }),
  submit('the same password', {
    password: 'felix-password',
    password_confirmation: 'felix-password',
  }),
  submit('a long password', {
    password: 'x'.repeat(256),
    password_confirmation: 'x'.repeat(256),
  }),
  submit('no confirmation', { password: 'a' }),
  submit('a wrong CSRF token', { 'X-Uaa-Csrf': 'wrong' }),
  submit('a new password', { password: 'second', password_confirmation: 'second' }),
  get('/force_password_change', 'the page afterwards'),
  {
    ...get('/change_email', 'another page to get a token'),
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  submit('a new password afterwards', { password: 'third', password_confirmation: 'third' }),
]);
