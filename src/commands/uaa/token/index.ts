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

const group = (contents: readonly Entry[]) => () => Promise.resolve({ contents });

export const contents: readonly Entry[] = [
  { name: 'client', summary: 'tokens of a UAA client', load: group(client) },
  { name: 'owner', summary: 'tokens of a user', load: group(owner) },
];
