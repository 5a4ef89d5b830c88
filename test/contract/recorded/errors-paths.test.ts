import { compareWithRecordings } from './compare.js';
import { adminToken } from './steps.js';

/** Unusual spellings of paths, and paths that the UAA does not have. */
const protectedPaths = [
  ...['GET /Users/none/', 'PUT /Users/', 'POST /Users/', 'DELETE /Groups/', 'GET /Groups/none/'],
  ...['GET /Users.json', 'GET /Users/none.json', 'GET /users', 'GET /USERS/none', 'GET /groups'],
  ...['GET //Users/none', 'GET /Users//none', 'GET /Users/./none', 'GET /Groups/../Users/none'],
  ...['GET /Users/%2e/none', 'GET /Users;a=b', 'GET /Users/none;a=b', 'GET /Users/none%3ba'],
  ...['GET /Users/a%2fb', 'GET /Users/a%5cb', 'GET /Users/a\\b', 'GET /Users/a%00b'],
  ...[
    'GET /Users/a%25b',
    'GET /Users/a%20b',
    'GET /Users/a+b',
    'GET /Users/%61',
    'GET /Users/a%zz',
  ],
  ...['GET /Users/a%', 'GET /%55sers/none', 'GET /Users/a%c3%bcb', 'GET /Users/a%ffb'],
  ...['GET /Users/a|b', 'GET /Users/a{b}', 'GET /Users/a"b', 'GET /Users/a^b', 'GET /Users/a`b'],
  ...[
    'GET /Users/a[b]',
    'GET /Users/a:b',
    'GET /Users/a@b',
    'GET /Users/a<b',
    'GET /Users/%3Ca%3E',
  ],
  ...['GET /oauth/clients/none/', 'GET /oauth/clients//none', 'GET /oauth//clients/none'],
  ...[
    'GET /oauth/Clients/none',
    'GET /oauth',
    'GET /oauth/',
    'GET /oauth/none',
    'GET /oauth/clientsx',
  ],
  ...['GET /identity-zones/none/', 'GET /Usersx', 'GET /Groupsx/y'],
  ...[
    'GET /userinfo/',
    'GET /check_token/',
    'GET /check_token/x',
    'GET /ids',
    'GET /ids/',
    'GET /ids/Groups',
  ],
  ...[
    'GET /ids/Usersx',
    'GET /token_keys/',
    'GET /token_keyx',
    'POST /token_keyx',
    'PUT /token_keyx',
  ],
  ...['PATCH /token_keyx', 'OPTIONS /token_keyx', 'GET /token_key/x'],
  ...['GET /none', 'HEAD /none', 'POST /none', 'PUT /none', 'PATCH /none', 'DELETE /none'],
  ...['OPTIONS /none', 'GET /v2/info', 'GET /actuator/health', 'GET /.env', 'GET /index.html'],
];

/** Paths that no security filter handles. */
const openPaths = [
  ...['GET /info/', 'POST /info', 'PUT /info', 'HEAD /info', 'OPTIONS /info', 'GET /info/x'],
  ...['GET /healthz/', 'POST /healthz', 'HEAD /healthz', 'OPTIONS /healthz', 'GET /healthz/x'],
  ...['PUT /healthz/x', 'PATCH /healthz/x', 'OPTIONS /healthz/x', 'PROPFIND /healthz/x'],
  ...['GET /favicon.ico', 'POST /favicon.ico', 'DELETE /favicon.ico', 'PATCH /favicon.ico'],
  ...['OPTIONS /favicon.ico', 'GET /square-logo.png', 'GET /resources/none.css', 'GET /resources'],
  ...['POST /resources/none.css', 'DELETE /resources/none.css', 'OPTIONS /resources/none.css'],
  ...['GET /vendor/none.css', 'POST /vendor/none.css', 'PUT /vendor/none.css'],
  ...['GET /password', 'GET /password/', 'GET /password/none', 'PUT /password/none'],
  ...['GET /saml/web/none', 'GET /authenticate', 'PUT /authenticate', 'OPTIONS /authenticate'],
  ...['GET /authenticate/none', 'GET /error', 'POST /error', 'OPTIONS /error', 'HEAD /error'],
  ...['GET /.well-known/openid-configuration/', 'OPTIONS /.well-known/openid-configuration'],
  ...[
    'POST /.well-known/openid-configuration',
    'PUT /oauth/token/.well-known/openid-configuration',
  ],
  ...['GET /.well-known', 'GET /.well-known/none', 'OPTIONS /token_key', 'OPTIONS /token_keys'],
  ...['POST /token_key', 'DELETE /token_keys', 'HEAD /password/score', 'OPTIONS /password/score'],
];

compareWithRecordings('errors-paths', [
  adminToken,
  ...protectedPaths.map((request) => ({ title: `${request} with a token`, request, as: 'admin' })),
  ...protectedPaths
    .filter((request) => /none|Users|clients/.test(request) && !/ \/(none|v2)/.test(request))
    .map((request) => ({ title: `${request} without a token`, request })),
  ...openPaths.map((request) => ({ title: request, request })),
  ...openPaths.map((request) => ({
    title: `${request} that accepts HTML`,
    request,
    headers: { accept: 'text/html' },
  })),
]);
