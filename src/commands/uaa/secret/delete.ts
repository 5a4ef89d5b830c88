import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { clientIdArgument, readClientId } from '../client/client-id.js';
import { addOldSecretOptions, readOptionalOldSecret, type OldSecretFlags } from './old-secret.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from '../confirm-deletion.js';
import { runAndShowDryRun } from '../../dry-run.js';
import { createClientSecrets } from '../../../uaa/client-secrets.js';

type Deps = DeletionDeps & Pick<Services, 'secrets' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addDeletionOptions(
    addOldSecretOptions(
      command.addArgument(clientIdArgument()),
      'current client secret; not needed with the scope clients.admin',
    ),
  )
    .description(
      "Delete the older of a client's two secrets, and revoke the tokens that were issued before the " +
        'second one was added. The newer secret stays valid. Asks for confirmation on a terminal. ' +
        'Requires the scope clients.admin, or clients.secret with the token and the current secret of ' +
        'the client.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret delete ci-reader')
    .action(async (argument: string | undefined, flags: Flags) => {
      const id = await readClientId(argument, deps);
      await runAndShowDryRun(() => deleteOlderSecret({ id, ...flags }, command, deps), deps);
    });
}

type Flags = OldSecretFlags & DeletionFlags;
type Input = Flags & { readonly id: string };

async function deleteOlderSecret(
  { id, ...flags }: Input,
  command: Command,
  deps: Deps,
): Promise<void> {
  const secrets = await deps.uaaResource(createClientSecrets, flags);
  const oldSecret = await readOptionalOldSecret(flags, deps);
  const action = `delete the older secret of client ${id}`;
  if (!(await confirmDeletion({ action, command }, flags, deps))) return;
  const result = await secrets.removeOlder(id, oldSecret);
  await deps.terminal.show({ json: result, text: ['older client secret successfully deleted'] });
}
