import type { Command } from 'commander';
import { clientIdArgument, readClientId } from '../client/client-id.js';
import { addNewSecretOptions, type NewSecretFlags } from '../client/new-secret.js';
import { addOldSecretOptions, readOptionalOldSecret, type OldSecretFlags } from './old-secret.js';
import { storeSecret, type StoreSecretDeps } from './store-secret.js';

export function define(command: Command, deps: StoreSecretDeps): void {
  addNewSecretOptions(command.addArgument(clientIdArgument()), 'second client secret');
  addOldSecretOptions(command, 'current client secret; not needed with the scope clients.admin')
    .description(
      'Add a second secret to a client. Both secrets are valid until the older one is deleted, so a ' +
        'new secret can be distributed without downtime. Existing tokens stay valid. Requires the ' +
        "scope clients.admin, or clients.secret with the client's own token and current secret.",
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret add ci-reader --generate-secret')
    .action(async (argument: string | undefined, flags: NewSecretFlags & OldSecretFlags) => {
      const id = await readClientId(argument, deps);
      const readOldSecret = () => readOptionalOldSecret(flags, deps);
      await storeSecret(
        {
          id,
          action: 'add',
          readOldSecret,
          consequence: 'no secret was added',
          successMessage: 'client secret successfully added',
        },
        flags,
        deps,
      );
    });
}
