import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken } from './steps.js';

const origin = 'https://site.example.com';

function cors(title: string, request: string, headers: Record<string, string>): Exchange {
  return { title, request, headers: { origin, ...headers } };
}

function preflight(title: string, headers: Record<string, string>, path = '/Users'): Exchange {
  return cors(title, `OPTIONS ${path}`, headers);
}

const method = 'access-control-request-method';
const requestHeaders = 'access-control-request-headers';

compareWithRecordings('errors-cors', [
  adminToken,
  { ...cors('a GET from another site', 'GET /Users/none', {}), as: 'admin' },
  cors('a GET from another site without a token', 'GET /Users', {}),
  cors('a GET of info from another site', 'GET /info', {}),
  cors('a POST from another site', 'POST /oauth/token', {}),
  cors('a HEAD from another site', 'HEAD /token_keys', {}),
  cors('a PROPFIND from another site', 'PROPFIND /token_keys', {}),
  cors('a GET by a script', 'GET /password/none', { 'x-requested-with': 'XMLHttpRequest' }),
  cors('a GET without a token by a script', 'GET /Groups', {
    'x-requested-with': 'XMLHttpRequest',
  }),
  cors('a POST by a script', 'POST /oauth/token', { 'x-requested-with': 'XMLHttpRequest' }),
  cors('a DELETE by a script', 'DELETE /Users/x', { 'x-requested-with': 'x' }),
  cors('a request with the origin null', 'GET /Users', { origin: 'null' }),
  cors('a request with an empty origin', 'GET /Users', { origin: '' }),
  cors('a request with an invalid origin', 'GET /Users', { origin: 'a b' }),
  cors('a request with an origin without a scheme', 'GET /Users', { origin: 'example.com' }),
  cors('a request with an invalid scheme', 'GET /Users', { origin: '1http://example.com' }),
  cors('a request with a bracket in the origin', 'GET /Users', { origin: 'http://[example.com' }),
  cors('a request with a pipe in the origin', 'GET /Users', { origin: 'http://exa|mple.com' }),
  cors('a script with the origin null', 'GET /Users', { origin: 'null', 'x-requested-with': 'x' }),
  preflight('a preflight request', { [method]: 'GET', [requestHeaders]: 'authorization' }),
  preflight('a preflight request for POST', {
    [method]: 'POST',
    [requestHeaders]: 'Content-Type, Accept',
  }),
  preflight('a preflight request for HEAD', { [method]: 'HEAD', [requestHeaders]: 'accept' }),
  preflight('a preflight request in lower case', { [method]: 'post', [requestHeaders]: 'accept' }),
  preflight('a preflight request without headers', { [method]: 'GET' }),
  preflight('a preflight request with empty headers', { [method]: 'GET', [requestHeaders]: '' }),
  preflight('a preflight request without a method', { [requestHeaders]: 'accept' }),
  preflight('a preflight request without both', {}),
  preflight('a preflight request with an unknown header', {
    [method]: 'GET',
    [requestHeaders]: 'accept, x-foo',
  }),
  preflight('a preflight request of a script', {
    [method]: 'GET',
    [requestHeaders]: 'X-Requested-With, Authorization',
  }),
  preflight('a preflight request of a script for POST', {
    [method]: 'POST',
    [requestHeaders]: 'x-requested-with',
  }),
  preflight('a preflight request of a script with an unknown header', {
    [method]: 'GET',
    [requestHeaders]: 'x-requested-with,x-foo',
  }),
  preflight('a preflight request with the header of scripts', {
    [method]: 'GET',
    [requestHeaders]: 'accept',
    'x-requested-with': 'a',
  }),
  preflight('a preflight request with an invalid origin', {
    origin: 'a b',
    [method]: 'GET',
    [requestHeaders]: 'accept',
  }),
  preflight('a preflight request that accepts HTML', {
    accept: 'text/html',
    [method]: 'GET',
    [requestHeaders]: 'foo',
  }),
  preflight(
    'a preflight request for the token endpoint',
    { [method]: 'POST', [requestHeaders]: 'authorization' },
    '/oauth/token',
  ),
  preflight(
    'a preflight request for info',
    { [method]: 'GET', [requestHeaders]: 'accept' },
    '/info',
  ),
  preflight(
    'a preflight request for a page',
    { [method]: 'GET', [requestHeaders]: 'accept' },
    '/login',
  ),
  preflight(
    'a preflight request for an unknown path',
    { [method]: 'GET', [requestHeaders]: 'accept' },
    '/none',
  ),
  preflight(
    'a preflight request for authorize',
    { [method]: 'GET', [requestHeaders]: 'accept' },
    '/oauth/authorize?client_id=x',
  ),
]);
