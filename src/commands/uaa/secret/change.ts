import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import { addNewSecret, type NewSecretFlags } from '../client/new-secret.js';
import { addOldSecret, oldSecret, type OldSecretFlags } from './old-secret.js';
import { storeSecret, type StoreSecretDeps } from './store-secret.js';
import { checkStdin } from '../inputs.js';

type Flags = NewSecretFlags & OldSecretFlags;

export function define(command: Command, deps: StoreSecretDeps): void {
  addOldSecret(addNewSecret(command, 'new secret'), 'current secret')
    .description(
      'Change the secret of the client whose token is in use. All tokens of the client end at once. ' +
        'Needs the scope clients.secret.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret change --generate-secret')
    .action((flags: Flags) => change(flags, deps));
}

async function change(flags: Flags, deps: StoreSecretDeps): Promise<void> {
  checkStdin('Both secrets', flags.oldSecretFile === '-', flags.secretFile === '-');
  const { clientId: id, identity, grant, api, uaa } = await deps.uaaContext();
  if (grant !== 'client_credentials') throw userToken(identity);
  const old = () => oldSecret({ name: id, api, uaa }, flags, deps);
  const texts = {
    undone: 'the secret was not changed',
    done: 'client secret successfully changed',
  };
  await storeSecret({ id, action: 'set', old, ...texts }, flags, deps);
}

function userToken(identity: string): TpksError {
  return new TpksError('usage', `The token in use is that of the user ${identity}, of no client`, {
    hint:
      'use the client’s own: tpks uaa token client get CLIENT\n' +
      'an administrator sets any client’s secret: tpks uaa secret set CLIENT',
  });
}
