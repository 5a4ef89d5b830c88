import type { Entry } from '../../contents.js';

const client: readonly Entry[] = [
  {
    name: 'get',
    summary: 'get a token for a UAA client, e.g. admin',
    load: () => import('./client-get.js'),
  },
];

const owner: readonly Entry[] = [
  {
    name: 'get',
    summary: 'get a token for a user, with name and password',
    load: () => import('./owner-get.js'),
  },
];

const sso: readonly Entry[] = [
  {
    name: 'get',
    summary: 'get a token for a one-time code of the UAA',
    load: () => import('./sso-get.js'),
  },
];

const authcode: readonly Entry[] = [
  {
    name: 'get',
    summary: 'get a token with a browser (authorization code)',
    load: () => import('./authcode-get.js'),
  },
];

const implicit: readonly Entry[] = [
  {
    name: 'get',
    summary: 'get a token with a browser (implicit grant)',
    load: () => import('./implicit-get.js'),
  },
];

const group = (contents: readonly Entry[]) => () => Promise.resolve({ contents });

export const contents: readonly Entry[] = [
  { name: 'client', summary: 'tokens of a UAA client', load: group(client) },
  { name: 'owner', summary: 'tokens of a user', load: group(owner) },
  { name: 'sso', summary: 'tokens for one-time codes', load: group(sso) },
  { name: 'authcode', summary: 'tokens of whoever logs in in a browser', load: group(authcode) },
  { name: 'implicit', summary: 'the same, without a secret', load: group(implicit) },
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
