import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const long = (length: number) => 'a'.repeat(length);

const unknownUser = { request: 'GET /Users/none', as: 'admin' };

/** Headers that could change the host, the path or the language of a request. */
const headerVariants: readonly (readonly [name: string, headers: Record<string, string>])[] = [
  ['the host 127.0.0.1', { host: '127.0.0.1' }],
  ['another port', { host: 'localhost:1' }],
  ['the host in upper case', { host: 'LOCALHOST' }],
  ['X-Forwarded headers', { 'x-forwarded-host': 'a.example.com', 'x-forwarded-proto': 'http' }],
  ['X-Forwarded-Prefix', { 'x-forwarded-prefix': '/prefix', forwarded: 'host=a.example.com' }],
  ['X-HTTP-Method-Override', { 'x-http-method-override': 'DELETE' }],
  ['an empty zone id', { 'x-identity-zone-id': '' }],
  ['a range', { range: 'bytes=0-5' }],
  ['Accept-Language de', { 'accept-language': 'de' }],
  ['Accept-Language with qualities', { 'accept-language': 'en;q=0.1, pt-br;q=0.5, fr;q=0.3' }],
  ['Accept-Language *', { 'accept-language': '*' }],
  ['an invalid Accept-Language', { 'accept-language': '123' }],
  ['an empty Accept-Language', { 'accept-language': '' }],
  ['If-Match', { 'if-match': '*' }],
  ['Expect', { te: 'trailers' }],
  ['an Accept-Charset', { 'accept-charset': 'utf-16' }],
];

const variantRequests: readonly Exchange[] = headerVariants.flatMap(([name, headers]) => [
  { title: `an unknown user with ${name}`, ...unknownUser, headers },
  {
    title: `an error page with ${name}`,
    request: 'GET /password/none',
    headers: { accept: 'text/html', ...headers },
  },
  { title: `healthz with ${name}`, request: 'GET /healthz', headers },
]);

const queries: readonly Exchange[] = [
  ...['%zz', 'a=%zz', 'a=%2', 'a=%', 'a=%ff', 'a=%e4', '=a', '&&a', 'a=%00', 'a=b%00c', '%00=a'],
  ...['a={b}', 'a=|', 'a="b"', 'a=<b>', 'a=[b]', 'a=^', 'a=\\', 'a=`', 'a=%7Bb%7D', 'a=b;c=d'],
  ...['_method=DELETE', 'format=xml', 'format=json', 'format=foo', '?', '#'],
].map((query) => ({
  title: `the query ${query}`,
  ...unknownUser,
  request: `GET /Users/none?${query}`,
}));

compareWithRecordings('errors-requests', [
  adminToken,
  ...variantRequests,
  ...queries,
  {
    title: 'a form field with a zero byte',
    request: 'POST /oauth/token',
    form: 'grant_type=a%00b',
  },
  {
    title: 'a form field that cannot be decoded',
    request: 'POST /oauth/token',
    form: 'grant_type=%zz',
  },
  {
    title: 'a form field with a zero byte, as HTML',
    request: 'POST /oauth/token',
    form: 'grant_type=a%00b',
    headers: { accept: 'text/html' },
  },
  { title: 'a zero byte in a query of info', request: 'GET /info?a=%00' },
  { title: 'a zero byte in a query of healthz', request: 'GET /healthz?a=%00' },
  { title: 'a long path', request: `GET /Users/${long(3000)}`, as: 'admin' },
  { title: 'a query of 4000 characters', request: `GET /Users/none?a=${long(4000)}` },
  { title: 'a query of 9000 characters', request: `GET /Users/none?a=${long(9000)}` },
  {
    title: 'a header of 9000 characters',
    request: 'GET /Users/none',
    headers: { 'x-long': long(9000) },
  },
  { title: 'an error with the parameter format', request: 'GET /password/none?format=xml' },
  {
    title: 'an error page as JSON by parameter',
    request: 'GET /password/none?format=json',
    headers: { accept: 'text/html' },
  },
  { title: 'an error page as HTML by parameter', request: 'GET /password/none?format=html' },
  { title: 'an error page of an unknown format', request: 'GET /password/none?format=foo' },
  {
    title: 'a list with the parameter format',
    request: 'GET /Groups?format=xml&filter=displayName+eq+%22none%22',
    as: 'admin',
  },
  {
    title: 'a list of an unknown format',
    request: 'GET /Groups?format=foo&filter=displayName+eq+%22none%22',
    as: 'admin',
  },
  { title: 'a body of a GET request', request: 'GET /Users/none', as: 'admin', json: { a: 1 } },
  { title: 'a body of an OPTIONS request', request: 'OPTIONS /info', json: { a: 1 } },
  {
    title: 'a body of an OPTIONS request without a token',
    request: 'OPTIONS /Users',
    json: { a: 1 },
  },
  {
    title: 'a body of a DELETE request',
    request: 'DELETE /Users/none',
    as: 'admin',
    json: { a: 1 },
  },
  { title: 'a body of a HEAD request', request: 'HEAD /Users/none', as: 'admin', json: { a: 1 } },
  { title: 'a token as a parameter', request: 'GET /Users/none?access_token=<admin>' },
  { title: 'an invalid token as a parameter', request: 'GET /Users/none?access_token=foo' },
  { title: 'an empty token as a parameter', request: 'GET /Users/none?access_token=' },
  { title: 'a token in a form', request: 'POST /Groups', form: { access_token: '<admin>' } },
  {
    title: 'an empty bearer token',
    request: 'GET /Users/none',
    headers: { authorization: 'Bearer ' },
  },
  {
    title: 'a scheme without a token',
    request: 'GET /Users/none',
    headers: { authorization: 'Bearer' },
  },
  {
    title: 'a token in lower case scheme',
    request: 'GET /Users/none',
    headers: { authorization: 'bearer <admin>' },
  },
  {
    title: 'a token after two spaces',
    request: 'GET /Users/none',
    headers: { authorization: 'Bearer  <admin>' },
  },
  {
    title: 'a token with a comma',
    request: 'GET /Users/none',
    headers: { authorization: 'Bearer <admin>, Basic a' },
  },
  {
    title: 'an unknown scheme',
    request: 'GET /Users/none',
    headers: { authorization: 'Digest a' },
  },
  {
    title: 'basic credentials for a bearer route',
    request: 'GET /Users/none',
    basic: ['admin', 'adminsecret'],
  },
  {
    title: 'an empty Authorization header',
    request: 'GET /Users/none',
    headers: { authorization: '' },
  },
  {
    title: 'a token with quotes',
    request: 'GET /Users/none',
    headers: { authorization: 'Bearer "a"' },
  },
  {
    title: 'a token with markup',
    request: 'GET /Users/none',
    headers: { authorization: 'Bearer <b>&' },
  },
]);
