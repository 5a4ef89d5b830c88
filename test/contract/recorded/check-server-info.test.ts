import { compareWithRecordings } from './compare.js';
import type { Exchange } from './exchange.js';
import { adminToken, createUser, userToken } from './steps.js';

const discovery = '/.well-known/openid-configuration';

const get = (path: string): Exchange => ({ title: `GET for ${path}`, request: `GET ${path}` });

compareWithRecordings('check-server-info', [
  adminToken,
  get('/info'),
  { title: '/info with a token', request: 'GET /info', as: 'admin' },
  get(discovery),
  get(`/oauth/token${discovery}`),
  get('/token_key'),
  get('/token_keys'),
  {
    title: '/token_key with a client',
    request: 'GET /token_key',
    basic: ['admin', 'adminsecret'],
  },
  {
    title: '/token_key with wrong credentials',
    request: 'GET /token_key',
    basic: ['admin', 'wrong'],
  },
  ...createUser('ann'),
  userToken('ann'),
  userToken('ann', 'pks_cluster_client'),
  { ...get('/userinfo'), as: 'ann' },
  { title: '/userinfo with a token of a client', request: 'GET /userinfo', as: 'admin' },
  {
    title: '/userinfo with an invalid token',
    request: 'GET /userinfo',
    headers: { authorization: 'Bearer x' },
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
  { title: '/userinfo with schema=openid', request: 'GET /userinfo?schema=openid', as: 'ann' },
  {
    title: '/userinfo with a scheme in lower case',
    request: 'GET /userinfo',
    headers: { authorization: 'bearer <ann>' },
  },
]);
