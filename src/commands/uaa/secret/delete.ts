import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { readClientId } from '../client/client-id.js';
import { addOldSecretOptions, readOptionalOldSecret, type OldSecretFlags } from './old-secret.js';
import { loadClientSecrets } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'secrets' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addOldSecretOptions(
    command.argument('[id]', 'UAA client'),
    'current client secret; not needed with the scope clients.admin',
  )
    .description(
      "Delete the older of a client's two secrets, and revoke the tokens that were issued before the " +
        'second one was added. The newer secret stays valid. Requires the scope clients.admin, or ' +
        "clients.secret with the client's own token and current secret.",
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret delete ci-reader')
    .action(async (id: string | undefined, flags: OldSecretFlags) =>
      deleteOlderSecret({ id: await readClientId(id, deps), ...flags }, deps),
    );
}

interface Input extends OldSecretFlags {
  readonly id: string;
}

export async function deleteOlderSecret({ id, ...flags }: Input, deps: Deps): Promise<void> {
  const secrets = await deps.uaaResource(loadClientSecrets);
  const result = await secrets.removeOlder(id, await readOptionalOldSecret(flags, deps));
  await deps.terminal.show({ json: result, text: ['older client secret successfully deleted'] });
}
