import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'add a group', load: () => import('./add.js') },
  { name: 'get', summary: 'show a group and its members', load: () => import('./get.js') },
  { name: 'delete', summary: 'delete a group', load: () => import('./delete.js') },
  {
    name: 'mappings',
    summary: 'list which external groups make which groups',
    load: () => import('./mappings.js'),
  },
  { name: 'map', summary: 'map an external group to a group', load: () => import('./map.js') },
  {
    name: 'unmap',
    summary: 'take a mapping of an external group out',
    load: () => import('./unmap.js'),
  },
];
