import type { Entry } from '../../contents.js';

/** Loads a group with the single command `get`. */
const groupWithGet = (summary: string, load: Entry['load']) => () =>
  Promise.resolve({ contents: [{ name: 'get', summary, load }] });

export const contents: readonly Entry[] = [
  {
    name: 'client',
    summary: 'get tokens for UAA clients',
    load: groupWithGet('get a token for a UAA client, e.g. admin', () => import('./client-get.js')),
  },
  {
    name: 'owner',
    summary: 'get tokens for users, with their passwords',
    load: groupWithGet('get a token for a user, with a password', () => import('./owner-get.js')),
  },
  {
    name: 'sso',
    summary: 'get tokens for users, with one-time codes',
    load: groupWithGet(
      'get a token for a user, with a one-time code',
      () => import('./sso-get.js'),
    ),
  },
  {
    name: 'authcode',
    summary: 'get tokens in a browser (authorization code grant)',
    load: groupWithGet(
      'get a token in a browser (authorization code grant)',
      () => import('./authcode-get.js'),
    ),
  },
  {
    name: 'implicit',
    summary: 'get tokens in a browser (implicit grant)',
    load: groupWithGet(
      'get a token in a browser (implicit grant)',
      () => import('./implicit-get.js'),
    ),
  },
  {
    name: 'get',
    summary: 'get a token with the values that the UAA prompts for',
    load: () => import('./get.js'),
  },
  {
    name: 'refresh',
    summary: 'renew a token',
    load: () => import('./refresh.js'),
  },
  {
    name: 'decode',
    summary: 'show the claims of a token and verify its signature',
    load: () => import('./decode.js'),
  },
  {
    name: 'list',
    summary: 'list the tokens that the UAA stores',
    load: () => import('./list.js'),
  },
  {
    name: 'revoke',
    summary: 'revoke tokens at the UAA',
    load: () => import('./revoke.js'),
  },
  {
    name: 'delete',
    summary: 'delete tokens from this machine',
    load: () => import('./delete.js'),
  },
];
