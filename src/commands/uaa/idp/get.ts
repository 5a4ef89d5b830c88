import { TpksError } from '../../../errors.js';
import { readName } from '../inputs.js';
import { showObjectCommand } from '../object-commands.js';
import { createIdentityProviders } from '../../../uaa/identity-providers.js';

export const { define } = showObjectCommand({
  description: 'Show an identity provider with its settings. Requires the scope idps.read.',
  examples: ['uaa idp get ldap'],
  key: {
    add: (command) =>
      command
        .argument('[origin]', 'origin of the identity provider, e.g. ldap')
        .option('--id <id>', 'select the identity provider by id'),
    read: async (origin, { id }: { id?: string }, { terminal }) => {
      if (origin !== undefined && id !== undefined) {
        throw new TpksError('usage', '--id cannot be used with an origin', {
          hint: 'use either the origin or --id',
        });
      }
      if (id !== undefined) return { id };
      const prompt = { message: 'Origin: ', hint: 'pass the origin or use --id' };
      return { origin: await readName(origin, prompt, terminal) };
    },
  },
  resource: createIdentityProviders,
  read: (providers, key) => providers.get(key),
  nameField: 'originKey',
});
