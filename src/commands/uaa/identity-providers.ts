import {
  createIdentityProviders,
  type IdentityProvider,
  type IdentityZone,
  listIdentityZones,
} from '../../api/uaa/identity-providers.js';
import { TpksError } from '../../base/errors.js';
import type { Span } from '../../platform/terminal/lines.js';
import { listCommand } from '../resource/list-command.js';
import { formatActive, showObjectCommand, readName } from './objects.js';

export const list = listCommand<IdentityProvider, unknown>({
  description:
    'List the identity providers of the UAA. Other commands accept the origin as --origin. ' +
    'Requires the scope idps.read.',
  examples: { 'list identity providers': 'tpks uaa idps' },
  noun: 'identity provider',
  read: async ({ uaaResource }) => uaaResource(createIdentityProviders).list(),
  columns: [
    { head: 'Origin', cell: ({ originKey }) => originKey },
    { head: 'Type', cell: ({ type }) => type },
    { head: 'Name', cell: ({ name }) => name ?? '' },
    { head: 'Active', cell: formatActive, rank: 1 },
    { head: 'Id', cell: ({ id }) => id, rank: 0, isWhole: true, wide: 'onTerminal' },
  ],
  nameOf: ({ originKey }) => originKey,
});

export const get = showObjectCommand({
  description: 'Show an identity provider and its settings. Requires the scope idps.read.',
  examples: { 'show the identity provider for LDAP': 'tpks uaa idp get ldap' },
  key: {
    add: (command) =>
      command
        .argument('[origin]', 'origin of the identity provider, e.g. ldap')
        .option('--id <id>', 'select the identity provider by id'),
    read: async ([origin], { id }: { id?: string }, { terminal }) => {
      if (origin !== undefined && id !== undefined) {
        throw new TpksError('usage', '--id cannot be used with an origin', {
          hint: 'use either the origin or --id',
        });
      }
      if (id !== undefined) return { id };
      const prompt = { label: 'Origin', hint: 'pass the origin or use --id' };
      return { origin: await readName(origin, prompt, terminal) };
    },
  },
  resource: createIdentityProviders,
  read: (providers, key) => providers.get(key),
  nameField: 'originKey',
});

export const zones = listCommand<IdentityZone, unknown>({
  description:
    'List the identity zones that the token has access to. Each zone has its own users, groups and ' +
    'clients; the default zone has no subdomain. Requires the scope zones.read.',
  examples: { 'list identity zones': 'tpks uaa zones' },
  noun: 'zone',
  read: ({ uaaRequest }) => uaaRequest(listIdentityZones),
  columns: [
    { head: 'Id', cell: ({ id }) => id, rank: 0, isWhole: true, wide: 'onTerminal' },
    { head: 'Subdomain', cell: formatSubdomain },
    { head: 'Name', cell: ({ name }) => name ?? '' },
    { head: 'Active', cell: formatActive, rank: 1 },
    { head: 'Description', cell: ({ description }) => description ?? '', wide: 'onTerminal' },
  ],
  // The default zone has no subdomain.
  nameOf: ({ subdomain, id }) => (subdomain === '' ? id : subdomain),
});

function formatSubdomain({ subdomain }: IdentityZone): Span {
  return subdomain === '' ? { text: '(default)', tone: 'muted' } : subdomain;
}
