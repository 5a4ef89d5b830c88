import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { userKey, type UserFlags } from './user-key.js';

type Deps = Pick<Services, 'terminal' | 'users'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Deletes a user, at once and without asking.')
    .argument('[name]', 'user name')
    .option('--origin <origin>', 'identity provider, where a name exists in several')
    .option('--id <id>', 'the user with this id')
    .addHelpText('after', '\nExample:\n  $ tpks uaa user delete dana')
    .action(async (name: string | undefined, flags: UserFlags) =>
      remove({ key: await userKey(name, flags, deps) }, deps),
    );
}

/** Deletes one user and shows what it was. */
export async function remove({ key }: { readonly key: UserKey }, deps: Deps): Promise<void> {
  const users = await deps.users();
  const gone = await users.remove(key);
  await deps.terminal.show({ json: gone, text: ['user account successfully deleted'] });
}
