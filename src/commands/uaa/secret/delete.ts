import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { clientId } from '../client/client-id.js';
import { addOldSecret, givenOldSecret, type OldSecretFlags } from './old-secret.js';
import { loadClientSecrets } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'secrets' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addOldSecret(
    command.argument('[id]', 'UAA client'),
    'current secret, for the client whose token is in use',
  )
    .description(
      'Delete the older of a client’s two secrets, and end the tokens that were issued before the ' +
        'second one was added. The newer secret stays valid.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret delete ci-reader')
    .action(async (id: string | undefined, flags: OldSecretFlags) =>
      remove({ id: await clientId(id, deps), ...flags }, deps),
    );
}

interface Input extends OldSecretFlags {
  readonly id: string;
}

export async function remove({ id, ...flags }: Input, deps: Deps): Promise<void> {
  const secrets = await deps.uaaResource(loadClientSecrets);
  const answer = await secrets.removeOlder(id, await givenOldSecret(flags, deps));
  await deps.terminal.show({ json: answer, text: ['older client secret successfully deleted'] });
}
