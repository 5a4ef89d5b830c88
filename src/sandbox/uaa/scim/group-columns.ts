import type { Table } from '../store/columns.js';
import type { Group } from '../store/groups.js';

/** Columns for filters and orders of groups. */
export const groupTable: Table<Group> = {
  columns: {
    id: { type: 'text', of: ({ id }) => id, indexed: true },
    displayname: { type: 'text', of: ({ displayName }) => displayName, indexed: true },
    description: { type: 'text', of: ({ description }) => description },
    created: { type: 'time', of: ({ createdAt }) => createdAt },
    lastmodified: { type: 'time', of: ({ modifiedAt }) => modifiedAt },
    version: { type: 'number', of: ({ version }) => version },
    identity_zone_id: { type: 'text', of: () => 'uaa' },
  },
  aliases: {},
};
