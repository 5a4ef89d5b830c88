import { TpksError } from '../../../errors.js';
import { nameOrAsk } from '../inputs.js';
import { showObjectCommand } from '../object-commands.js';
import { loadIdentityProviders } from './idps.js';

export const { define } = showObjectCommand({
  description: 'Show an identity provider with its settings.',
  examples: ['uaa idp get ldap'],
  key: {
    add: (command) =>
      command
        .argument('[origin]', 'its origin, e.g. ldap')
        .option('--id <id>', 'the identity provider with this id'),
    read: async (origin, { id }: { id?: string }, { terminal }) => {
      if (origin !== undefined && id !== undefined) {
        throw new TpksError('usage', '--id already identifies the provider', {
          hint: 'leave out the origin or --id',
        });
      }
      if (id !== undefined) return { id };
      const question = { prompt: 'Origin: ', insteadUse: 'give the origin, or --id' };
      return { origin: await nameOrAsk(origin, question, terminal) };
    },
  },
  resource: loadIdentityProviders,
  read: (providers, key) => providers.get(key),
  nameField: 'originKey',
});
