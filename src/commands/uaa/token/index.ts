import type { Entry } from '../../contents.js';

/** A group with the single command `get`. */
const get = (summary: string, load: Entry['load']) => () =>
  Promise.resolve({ contents: [{ name: 'get', summary, load }] });

export const contents: readonly Entry[] = [
  {
    name: 'client',
    summary: 'tokens of a UAA client',
    load: get('get a token for a UAA client, e.g. admin', () => import('./client-get.js')),
  },
  {
    name: 'owner',
    summary: 'tokens of a user',
    load: get('get a token for a user, with name and password', () => import('./owner-get.js')),
  },
  {
    name: 'sso',
    summary: 'tokens for one-time codes',
    load: get('get a token for a one-time code of the UAA', () => import('./sso-get.js')),
  },
  {
    name: 'authcode',
    summary: 'tokens of users who log in with a browser',
    load: get('get a token with a browser (authorization code)', () => import('./authcode-get.js')),
  },
  {
    name: 'implicit',
    summary: 'the same, without a secret',
    load: get('get a token with a browser (implicit grant)', () => import('./implicit-get.js')),
  },
  {
    name: 'get',
    summary: 'get a token for what the UAA prompts for',
    load: () => import('./get.js'),
  },
  {
    name: 'refresh',
    summary: 'renew a token now',
    load: () => import('./refresh.js'),
  },
  {
    name: 'decode',
    summary: 'show what a token says, and verify it',
    load: () => import('./decode.js'),
  },
  {
    name: 'list',
    summary: 'list the tokens that the UAA keeps',
    load: () => import('./list.js'),
  },
  {
    name: 'revoke',
    summary: 'end tokens at the UAA',
    load: () => import('./revoke.js'),
  },
  {
    name: 'delete',
    summary: 'delete tokens from this machine',
    load: () => import('./delete.js'),
  },
];
