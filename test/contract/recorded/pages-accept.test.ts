import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';

const accepts: readonly (string | null)[] = [
  null,
  '',
  'application/xml',
  'text/plain',
  'image/png',
  'text/*',
  'application/*',
  'application/json;charset=UTF-8',
  'application/json;q=0.5, text/html',
  'text/html;q=0.5, application/json',
  'application/json, */*',
  'application/vnd.api+json',
  'application/xhtml+xml',
  'nonsense',
];

const paths = [
  '/forgot_password',
  '/create_account',
  '/email_sent?code=x',
  '/verify_email?code=x',
  '/create_account.do',
  '/invitations/sent',
];

function describeAccept(accept: string | null): string {
  if (accept === null) return 'without an Accept header';
  return accept === '' ? 'as an empty type' : `as ${accept}`;
}

const requests = paths.flatMap((path) => [
  ...accepts.map((accept): Exchange => ({
    title: `${path} ${describeAccept(accept)}`,
    request: `GET ${path}`,
    headers: { accept },
  })),
  ...(path.endsWith('.do') ? [] : ['json', 'xml', 'html', 'other']).map((format): Exchange => ({
    title: `${path} with the format ${format}`,
    request: `GET ${path}${path.includes('?') ? '&' : '?'}format=${format}`,
    headers: { accept: 'text/html' },
  })),
]);

compareWithRecordings('pages-accept', requests);
