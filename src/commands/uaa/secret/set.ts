import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { clientId } from '../client/client-id.js';
import {
  addNewSecret,
  newSecret,
  type NewSecretDeps,
  type NewSecretFlags,
} from '../client/new-secret.js';
import { noteEndedToken } from './own-client.js';
import { showSecret } from './secret-view.js';
import { loadClientSecrets } from '../resources.js';

type Deps = NewSecretDeps & Pick<Services, 'uaaResource' | 'uaaContext'>;

export function define(command: Command, deps: Deps): void {
  addNewSecret(command.argument('[id]', 'UAA client'), 'new secret')
    .description(
      'Sets the secret of a client, whatever it was. All its tokens end at once, and those that its ' +
        'users got through it; to spread a new secret first, use: tpks uaa secret add.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret set ci-reader --generate-secret')
    .action(async (id: string | undefined, flags: NewSecretFlags) =>
      set({ id: await clientId(id, deps), ...flags }, deps),
    );
}

interface Input extends NewSecretFlags {
  readonly id: string;
}

/** Sets one secret. */
export async function set({ id, ...flags }: Input, deps: Deps): Promise<void> {
  const secrets = await deps.uaaResource(loadClientSecrets);
  const secret = await newSecret(flags, 'no secret was set', deps);
  const answer = await secrets.set(id, secret);
  await showSecret('client secret successfully set', { answer, secret, flags }, deps);
  await noteEndedToken(id, deps);
}
