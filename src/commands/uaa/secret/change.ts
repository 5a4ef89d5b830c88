import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import { addNewSecretOptions, type NewSecretFlags } from '../client/new-secret.js';
import { addOldSecretOptions, readOldSecret, type OldSecretFlags } from './old-secret.js';
import { storeSecret, type StoreSecretDeps } from './store-secret.js';

type Flags = NewSecretFlags & OldSecretFlags;

export function define(command: Command, deps: StoreSecretDeps): void {
  addNewSecretOptions(command, 'new client secret');
  addOldSecretOptions(command, 'current client secret', 'TPKS_CLIENT_SECRET')
    .description(
      'Change the secret of the client that the current token belongs to. All tokens of the client ' +
        'become invalid immediately. Requires the scope clients.secret.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret change --generate-secret')
    .action((flags: Flags) => changeSecret(flags, deps));
}

async function changeSecret(flags: Flags, deps: StoreSecretDeps): Promise<void> {
  const { clientId: id, identity, grant, api, uaa } = await deps.uaaContext();
  if (grant !== 'client_credentials') throw userTokenError(identity);
  await storeSecret(
    {
      id,
      action: 'set',
      readOldSecret: () => readOldSecret({ name: id, api, uaa }, flags, deps),
      consequence: 'the secret was not changed',
      successMessage: 'client secret successfully changed',
    },
    flags,
    deps,
  );
}

function userTokenError(identity: string): TpksError {
  return new TpksError(
    'usage',
    `The current token belongs to the user ${identity}, not to a client`,
    {
      hint:
        'get a token for the client: tpks uaa token client get CLIENT\n' +
        'or set the secret as an administrator: tpks uaa secret set CLIENT',
    },
  );
}
