import type { Client } from '../store/clients.js';
import type { Column, Table } from '../store/columns.js';

const list = (of: (client: Client) => readonly string[]): Column<Client> => ({
  type: 'text',
  of: (client) => {
    const words = of(client);
    return words.length === 0 ? undefined : words.join(',');
  },
});

const id: Column<Client> = { type: 'text', of: (client) => client.id, indexed: true };
const both = {
  client_id: id,
  authorized_grant_types: list(({ grants }) => grants),
  web_server_redirect_uri: list(({ redirectUris }) => redirectUris),
  access_token_validity: {
    type: 'number',
    of: ({ accessSeconds }: Client) => accessSeconds,
  },
  refresh_token_validity: {
    type: 'number',
    of: ({ refreshSeconds }: Client) => refreshSeconds,
  },
  autoapprove: { type: 'text', of: ({ autoapprove }: Client) => autoapprove.join(',') },
  lastmodified: { type: 'time', of: ({ modifiedAt }: Client) => modifiedAt },
} as const satisfies Table<Client>['columns'];

/** Columns for filters, which differ from those for sorting. */
export const clientFilters: Table<Client> = {
  columns: {
    ...both,
    scope: list(({ scopes }) => scopes),
    created_by: { type: 'text', of: ({ home }) => home.createdBy },
    identity_zone_id: { type: 'text', of: () => 'uaa' },
    show_on_home_page: { type: 'boolean', of: ({ home }) => home.isShown },
    required_user_groups: list(({ requiredUserGroups }) => requiredUserGroups),
  },
  aliases: {},
};

/** Columns for sorting. */
export const clientOrders: Table<Client> = {
  columns: {
    ...both,
    additional_information: {
      type: 'text',
      of: ({ information }) => JSON.stringify(information),
    },
    resource_ids: { type: 'text', of: () => 'none' },
    client_secret: { type: 'text', of: ({ secretHashes }) => secretHashes.join(' ') },
  },
  aliases: {},
};
