import type { Table } from '../store/columns.js';
import type { Group } from '../store/groups.js';

/** Columns by which groups can be filtered and sorted. */
export const groupTable: Table<Group> = {
  columns: {
    id: { type: 'text', getValue: ({ id }) => id, isIndexed: true },
    displayname: { type: 'text', getValue: ({ displayName }) => displayName, isIndexed: true },
    description: { type: 'text', getValue: ({ description }) => description },
    created: { type: 'time', getValue: ({ createdAt }) => createdAt },
    lastmodified: { type: 'time', getValue: ({ modifiedAt }) => modifiedAt },
    version: { type: 'number', getValue: ({ version }) => version },
    identity_zone_id: { type: 'text', getValue: () => 'uaa' },
  },
  aliases: {},
  database: {
    table: 'groups',
    columns: [
      ...['id', 'displayName', 'description', 'created', 'lastModified', 'version'],
      'identity_zone_id',
    ],
  },
};
