import type { Command } from 'commander';
import { clientIdArgument, readClientId } from '../client/client-id.js';
import { addNewSecretOptions, type NewSecretFlags } from '../client/new-secret.js';
import { storeSecret, type StoreSecretDeps } from './store-secret.js';

export function define(command: Command, deps: StoreSecretDeps): void {
  addNewSecretOptions(command.addArgument(clientIdArgument()), 'new client secret')
    .description(
      'Set the secret of a client without providing the current one. All tokens of the client, ' +
        'including tokens that users obtained with it, become invalid immediately. To distribute the new secret ' +
        'first, use `tpks uaa secret add` instead. Requires the scope clients.admin.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret set ci-reader --generate-secret')
    .action(async (argument: string | undefined, flags: NewSecretFlags) => {
      const id = await readClientId(argument, deps);
      await storeSecret(
        {
          id,
          action: 'set',
          consequence: 'no secret was set',
          successMessage: 'client secret successfully set',
        },
        flags,
        deps,
      );
    });
}
