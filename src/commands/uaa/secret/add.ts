import type { Command } from 'commander';
import { clientId } from '../client/client-id.js';
import { addNewSecret, type NewSecretFlags } from '../client/new-secret.js';
import { addOldSecret, givenOldSecret, type OldSecretFlags } from './old-secret.js';
import { storeSecret, type StoreSecretDeps } from './store-secret.js';
import { checkStdin } from '../inputs.js';

export function define(command: Command, deps: StoreSecretDeps): void {
  const named = addNewSecret(command.argument('[id]', 'UAA client'), 'second secret');
  addOldSecret(named, 'current secret, for the client whose token is in use')
    .description(
      'Give a client a second secret. Both are valid until the older one is deleted, so that a new ' +
        'secret can be distributed without downtime. Existing tokens stay valid.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret add ci-reader --generate-secret')
    .action(async (typed: string | undefined, flags: NewSecretFlags & OldSecretFlags) => {
      const id = await clientId(typed, deps);
      checkStdin('Both secrets', flags.oldSecretFile === '-', flags.secretFile === '-');
      const old = () => givenOldSecret(flags, deps);
      const texts = { undone: 'no secret was added', done: 'client secret successfully added' };
      await storeSecret({ id, action: 'add', old, ...texts }, flags, deps);
    });
}
