import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, userToken } from './steps.js';

const accepts = (path: string, get = `GET ${path}`): readonly Exchange[] =>
  [
    null,
    '*/*',
    'text/html',
    'application/xml',
    'text/plain',
    'application/*',
    'application/json;q=0.5, text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  ].map((accept) => ({
    title: `${path} with ${accept ?? 'no Accept header'}`,
    request: get,
    headers: { accept },
  }));

const methods = (path: string): readonly Exchange[] =>
  ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].map((method) => ({
    title: `${method} for ${path}`,
    request: `${method} ${path}`,
  }));

const discovery = '/.well-known/openid-configuration';

compareWithRecordings(
  'check-server-info',
  [
    adminToken,
    ...methods('/info'),
    ...accepts('/info'),
    { title: '/info with a trailing slash', request: 'GET /info/' },
    { title: '/info with an unknown origin', request: 'GET /info?origin=unknown' },
    { title: '/info with the origin uaa', request: 'GET /info?origin=uaa' },
    { title: '/info with an empty origin', request: 'GET /info?origin=' },
    { title: '/info with a token', request: 'GET /info', as: 'admin' },
    {
      title: '/info with an invalid token',
      request: 'GET /info',
      headers: { authorization: 'Bearer x' },
    },
    { title: '/info with invalid Basic credentials', request: 'GET /info', basic: ['x', 'y'] },
    {
      title: '/info in an unknown zone',
      request: 'GET /info',
      headers: { 'x-identity-zone-id': 'unknown' },
    },
    {
      title: '/info in an unknown subdomain',
      request: 'GET /info',
      headers: { 'x-identity-zone-subdomain': 'unknown' },
    },
    {
      title: '/info in the zone uaa',
      request: 'GET /info',
      headers: { 'x-identity-zone-id': 'uaa' },
    },
    {
      title: '/info in the zone uaa with a token',
      request: 'GET /info',
      as: 'admin',
      headers: { 'x-identity-zone-id': 'uaa' },
    },
    {
      title: '/info in an unknown zone with a token',
      request: 'GET /info',
      as: 'admin',
      headers: { 'x-identity-zone-id': 'unknown' },
    },
    {
      title: '/info in an unknown zone as HTML',
      request: 'GET /info',
      headers: { 'x-identity-zone-id': 'unknown', accept: 'text/html' },
    },
    { title: '/info.json', request: 'GET /info.json' },
    ...methods('/healthz'),
    ...accepts('/healthz'),
    { title: '/healthz with a token', request: 'GET /healthz', as: 'admin' },
    { title: '/healthz with a trailing slash', request: 'GET /healthz/' },
    ...methods(discovery),
    ...accepts(discovery),
    ...methods(`/oauth/token${discovery}`),
    { title: 'the discovery document with a trailing slash', request: `GET ${discovery}/` },
    { title: 'the discovery document with a token', request: `GET ${discovery}`, as: 'admin' },
    {
      title: 'the discovery document of OAuth',
      request: 'GET /.well-known/oauth-authorization-server',
    },
    { title: 'the discovery document before the issuer', request: `GET ${discovery}/oauth/token` },
    ...methods('/token_key'),
    ...methods('/token_keys'),
    ...accepts('/token_key').slice(0, 6),
    ...accepts('/token_keys').slice(0, 6),
    ...['token_key', 'token_keys'].flatMap((path): readonly Exchange[] => [
      { title: `/${path} with a client`, request: `GET /${path}`, basic: ['admin', 'adminsecret'] },
      {
        title: `/${path} with wrong credentials`,
        request: `GET /${path}`,
        basic: ['admin', 'wrong'],
      },
      {
        title: `/${path} with an unknown client`,
        request: `GET /${path}`,
        basic: ['unknown', 'x'],
      },
      {
        title: `/${path} with invalid Basic credentials`,
        request: `GET /${path}`,
        headers: { authorization: 'Basic x' },
      },
      { title: `/${path} with a token`, request: `GET /${path}`, as: 'admin' },
      {
        title: `/${path} with an invalid token`,
        request: `GET /${path}`,
        headers: { authorization: 'Bearer x' },
      },
      {
        title: `/${path} with another ETag`,
        request: `GET /${path}`,
        headers: { 'if-none-match': '"1"' },
      },
      {
        title: `/${path} with any ETag`,
        request: `GET /${path}`,
        headers: { 'if-none-match': '*' },
      },
      {
        title: `/${path} with a form`,
        request: `POST /${path}`,
        form: { client_id: 'admin', client_secret: 'wrong' },
      },
      { title: `/${path} with a trailing slash`, request: `GET /${path}/` },
    ]),
    ...createUser('ann'),
    userToken('ann'),
    userToken('ann', 'pks_cluster_client'),
    ...['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'].map((method): Exchange => ({
      title: `${method} for /userinfo`,
      request: `${method} /userinfo`,
      as: 'ann',
    })),
    ...methods('/userinfo').map((exchange) => ({
      ...exchange,
      title: `${exchange.title} without a token`,
    })),
    { title: '/userinfo with a token of a client', request: 'GET /userinfo', as: 'admin' },
    {
      title: '/userinfo with an invalid token',
      request: 'GET /userinfo',
      headers: { authorization: 'Bearer x' },
    },
    {
      title: '/userinfo with client credentials',
      request: 'GET /userinfo',
      basic: ['admin', 'adminsecret'],
    },
    {
      title: '/userinfo with a refresh token',
      request: 'GET /userinfo',
      headers: { authorization: 'Bearer <ann-refresh>' },
    },
    { title: '/userinfo with the token in the query', request: 'GET /userinfo?access_token=<ann>' },
    {
      title: '/userinfo with the token in a form',
      request: 'POST /userinfo',
      form: { access_token: '<ann>' },
    },
    {
      title: '/userinfo with HTML',
      request: 'GET /userinfo',
      as: 'ann',
      headers: { accept: 'text/html' },
    },
    {
      title: '/userinfo with XML',
      request: 'GET /userinfo',
      as: 'ann',
      headers: { accept: 'application/xml' },
    },
    {
      title: '/userinfo with any type',
      request: 'GET /userinfo',
      as: 'ann',
      headers: { accept: '*/*' },
    },
    { title: '/userinfo with a trailing slash', request: 'GET /userinfo/', as: 'ann' },
    { title: '/userinfo with schema=openid', request: 'GET /userinfo?schema=openid', as: 'ann' },
    {
      title: '/userinfo in the zone uaa',
      request: 'GET /userinfo',
      as: 'ann',
      headers: { 'x-identity-zone-id': 'uaa' },
    },
    {
      title: '/userinfo with an empty token',
      request: 'GET /userinfo',
      headers: { authorization: 'Bearer ' },
    },
    {
      title: '/userinfo with a scheme in lower case',
      request: 'GET /userinfo',
      headers: { authorization: 'bearer <ann>' },
    },
  ].filter(
    (e, i, all) => all.findIndex(({ title }) => title === e.title) === i,
  ) as readonly Exchange[],
);
