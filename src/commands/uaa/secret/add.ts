import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { clientId } from '../client/client-id.js';
import {
  addNewSecret,
  newSecret,
  type NewSecretDeps,
  type NewSecretFlags,
} from '../client/new-secret.js';
import { addOldSecret, checkStdin, givenOldSecret, type OldSecretFlags } from './old-secret.js';
import { showSecret } from './secret-view.js';
import { loadClientSecrets } from '../resources.js';

type Deps = NewSecretDeps & Pick<Services, 'uaaResource'>;

type Flags = NewSecretFlags & OldSecretFlags;

export function define(command: Command, deps: Deps): void {
  const named = addNewSecret(command.argument('[id]', 'UAA client'), 'second secret');
  addOldSecret(named, 'the secret of now, for the client whose token is in use')
    .description(
      'Gives a client a second secret. Both are good until the older one is deleted, so that a new ' +
        'secret can be spread without downtime. Old tokens stay good.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa secret add ci-reader --generate-secret')
    .action(async (id: string | undefined, flags: Flags) =>
      add({ id: await clientId(id, deps), ...flags }, deps),
    );
}

type Input = Flags & { readonly id: string };

/** Adds a second secret. */
export async function add({ id, ...flags }: Input, deps: Deps): Promise<void> {
  checkStdin(flags, flags);
  const secrets = await deps.uaaResource(loadClientSecrets);
  const old = await givenOldSecret(flags, deps);
  const secret = await newSecret(flags, 'no secret was added', deps);
  const answer = await secrets.add(id, secret, old);
  await showSecret('client secret successfully added', { answer, secret, flags }, deps);
}
