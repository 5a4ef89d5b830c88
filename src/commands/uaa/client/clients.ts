import type { Span } from '../../../terminal/terminal.js';
import type { Client } from '../../../uaa/clients.js';
import { formatTime } from '../readable-times.js';
import { scimListCommand } from '../scim-list.js';
import { createClients } from '../../../uaa/clients.js';

export const { define } = scimListCommand<Client>({
  description:
    'List clients, i.e. programs that can request tokens. Requires the scope clients.read.',
  examples: ['uaa clients -a client_id,authorities'],
  noun: 'client',
  help: {
    filter: 'client_id sw "pks"',
    fields: 'client_id,authorities',
    sortKeys: [
      'client_id',
      'authorized_grant_types',
      'access_token_validity',
      'refresh_token_validity',
      'lastmodified',
    ],
  },
  toAttributeNames: toClientFields,
  completes: 'clients',
  resource: createClients,
  columns: [
    { head: 'Client ID', cell: ({ client_id }) => client_id },
    { head: 'Name', cell: ({ name }) => (typeof name === 'string' ? name : '') },
    {
      head: 'Grant types',
      cell: ({ authorized_grant_types }) => (authorized_grant_types ?? []).join(','),
    },
    {
      head: 'Access token',
      cell: ({ access_token_validity }) => formatLifetime(access_token_validity),
    },
    { head: 'Last modified', cell: ({ lastModified }) => formatTime(lastModified) ?? '' },
  ],
  nameOf: ({ client_id }) => client_id,
});

/** Converts field names to the spelling of the UAA, and removes duplicates. */
export function toClientFields(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => (/^lastmodified$/i.test(word) ? 'lastModified' : word)))];
}

function formatLifetime(seconds: unknown): Span {
  return typeof seconds === 'number' ? `${seconds} s` : { text: 'default', tone: 'muted' };
}
