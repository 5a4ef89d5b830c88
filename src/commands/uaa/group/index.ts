import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'create a group', load: () => import('./add.js') },
  { name: 'get', summary: 'show a group and its members', load: () => import('./get.js') },
  { name: 'delete', summary: 'delete a group', load: () => import('./delete.js') },
  {
    name: 'mappings',
    summary: 'list the mappings of external groups',
    load: () => import('./mappings.js'),
  },
  { name: 'map', summary: 'map an external group to a group', load: () => import('./map.js') },
  {
    name: 'unmap',
    summary: 'remove the mapping of an external group',
    load: () => import('./unmap.js'),
  },
];
