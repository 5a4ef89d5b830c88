import { Argument, Option } from 'commander';
import { type Client, createClients } from '../../../api/uaa/clients.js';
import type { Services } from '../../../app/services.js';
import { formatDuration } from '../../../base/clock.js';
import { toDisplayText } from '../../../base/json-value.js';
import type { Span } from '../../../platform/terminal/lines.js';
import { withUaaNames } from '../../completers.js';
import { formatMilliseconds, formatRelativeTime, toDate } from '../../format-time.js';
import { deleteObjectCommand } from '../deletions.js';
import { readName, showObjectCommand } from '../objects.js';
import { scimListCommand } from '../scim-list.js';
import { prepareClientDetails } from './details.js';

/** Creates the argument for the id of a client, which `readClientId` prompts for if it is missing. */
export function clientIdArgument(description = 'UAA client'): Argument {
  return withUaaNames(new Argument('[id]', description), 'clients');
}

/** Returns the id from the command line, or prompts for it. */
export function readClientId(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const prompt = { label: 'Client ID', hint: 'pass the client as the argument' };
  return readName(argument, prompt, terminal);
}

export const list = scimListCommand<Client>({
  description:
    'List clients, i.e. programs that can request tokens. Requires the scope clients.read.',
  examples: {
    'list only the ids and authorities of all clients': 'tpks uaa clients -a client_id,authorities',
  },
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
    { head: 'Grant types', cell: formatGrantTypes },
    {
      head: 'Access token',
      cell: ({ access_token_validity }) => formatLifetime(access_token_validity),
    },
    { head: 'Last modified', cell: ({ lastModified }) => formatMilliseconds(lastModified) ?? '' },
  ],
  terminalColumns: [
    { head: 'Client ID', cell: ({ client_id }) => client_id },
    { head: 'Grant types', cell: formatGrantTypes, rank: 1 },
    {
      head: 'Access token',
      cell: ({ access_token_validity: seconds }) =>
        typeof seconds === 'number' ? formatDuration(seconds) : '',
      rank: 3,
    },
    { head: 'Modified', key: 'last-modified', cell: formatModified, rank: 2 },
    { head: 'Name', cell: ({ name }) => toDisplayText(name), rank: 4, wide: true },
  ],
  nameOf: ({ client_id }) => client_id,
});

function formatGrantTypes({ authorized_grant_types: grants }: Client): string {
  return (grants ?? []).join(',');
}

function formatModified({ lastModified }: Client, now: Date): string {
  const time = toDate(lastModified);
  return time === undefined ? '' : formatRelativeTime(time, now);
}

/** Converts field names to the spelling of the UAA, and removes duplicates. */
export function toClientFields(words: readonly string[]): readonly string[] {
  return [...new Set(words.map((word) => (/^lastmodified$/i.test(word) ? 'lastModified' : word)))];
}

function formatLifetime(seconds: unknown): Span {
  return typeof seconds === 'number' ? `${seconds} s` : { text: 'default', tone: 'muted' };
}

export const get = showObjectCommand({
  description:
    'Show a client; -o yaml shows all fields. The UAA never returns the secret. Requires the scope ' +
    'clients.read.',
  examples: { 'show a client': 'tpks uaa client get pks_cli' },
  key: {
    add: (command) => command.addArgument(clientIdArgument('UAA client, e.g. pks_cli')),
    read: ([id], _flags: { meta?: true }, services) => readClientId(id, services),
  },
  attributes: { example: 'scope,authorities', toAttributeNames: toClientFields },
  options: () => [
    new Option(
      '--meta',
      'also show who created the client, and its settings for the home page of the UAA',
    ).conflicts('attributes'),
  ],
  resource: createClients,
  read: async (clients, id, { attributes, meta }) => {
    if (meta === true) return clients.getMetadata(id);
    return attributes === undefined ? clients.get(id) : clients.getFields(id, attributes);
  },
  nameField: 'client_id',
  formatForTerminal: (client: Partial<Client>, { clock }) =>
    // Client metadata has other fields, so it is shown as YAML.
    client.client_id === undefined ? undefined : prepareClientDetails(client, clock.now()),
});

export const remove = deleteObjectCommand({
  description:
    'Delete a client and revoke its tokens, including tokens that users obtained with it. Asks for ' +
    'confirmation on a terminal. Requires the scope clients.write.',
  examples: {
    'delete a client; succeeds if it does not exist':
      'tpks uaa client delete ci-reader --if-exists',
  },
  key: {
    add: (command) => command.addArgument(clientIdArgument()),
    read: ([id], _flags, services) => readClientId(id, services),
  },
  resource: createClients,
  action: (id) => `delete client ${id}`,
  describe: async (clients, id) => `delete client ${(await clients.get(id)).client_id}`,
  remove: (clients, id) => clients.remove(id),
  successMessage: 'client registration deleted',
});
