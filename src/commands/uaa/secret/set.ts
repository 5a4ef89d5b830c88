import type { Command } from 'commander';
import { clientId } from '../client/client-id.js';
import { addNewSecret, type NewSecretFlags } from '../client/new-secret.js';
import { storeSecret, type StoreSecretDeps } from './store-secret.js';

export function define(command: Command, deps: StoreSecretDeps): void {
  addNewSecret(command.argument('[id]', 'UAA client'), 'new secret')
    .description(
      'Set the secret of a client without the current one. All tokens of the client, and those that ' +
        'its users got through it, end at once. To distribute a new secret first, use: ' +
        'tpks uaa secret add.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret set ci-reader --generate-secret')
    .action(async (typed: string | undefined, flags: NewSecretFlags) => {
      const id = await clientId(typed, deps);
      const texts = { undone: 'no secret was set', done: 'client secret successfully set' };
      await storeSecret({ id, action: 'set', ...texts }, flags, deps);
    });
}
