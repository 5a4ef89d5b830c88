import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';

const html = { accept: 'text/html' };

function submit(
  title: string,
  form: Readonly<Record<string, string>>,
  more: Partial<Exchange> = {},
): Exchange {
  return {
    title,
    request: 'POST /login/idp_discovery',
    headers: html,
    session: 'a',
    form: { 'X-Uaa-Csrf': '<csrf>', ...form },
    ...more,
  };
}

compareWithRecordings('pages-discovery', [
  {
    title: 'opens a page to get a token',
    request: 'GET /create_account',
    headers: html,
    session: 'a',
    save: { csrf: /name="X-Uaa-Csrf" value="([^"]+)"/ },
  },
  submit('an email address', { email: 'a@example.com' }),
  submit('an email address as JSON', { email: 'a@example.com' }, { headers: {} }),
  submit('an empty email address', { email: '' }),
  submit('no email address', {}),
  submit('no email address as JSON', {}, { headers: {} }),
  submit('an email address without discovery', { email: 'a@example.com', skipDiscovery: 'true' }),
  submit('no email address without discovery', { email: '', skipDiscovery: 'true' }),
  submit('a login hint', { email: 'a@example.com', login_hint: '{"origin":"uaa"}' }),
  submit('a login hint as JSON', { email: 'a', login_hint: 'x' }, { headers: {} }),
  submit('a login hint without discovery', {
    email: 'a@example.com',
    login_hint: 'x',
    skipDiscovery: 'true',
  }),
]);
