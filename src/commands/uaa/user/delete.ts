import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { ifExists, unlessGone, type IfExistsFlags } from '../repeatable.js';
import { addUserKey, userKey, type UserFlags } from './user-key.js';

type Deps = Pick<Services, 'terminal' | 'users'>;

export function define(command: Command, deps: Deps): void {
  addUserKey(command)
    .description('Deletes a user, at once and without asking.')
    .addOption(ifExists())
    .addHelpText('after', '\nExample:\n  $ tpks uaa user delete dana')
    .action(async (name: string | undefined, flags: UserFlags & IfExistsFlags) =>
      remove({ key: await userKey(name, flags, deps), ...flags }, deps),
    );
}

interface Input extends IfExistsFlags {
  readonly key: UserKey;
}

/** Deletes one user and shows what it was. */
export async function remove({ key, ...flags }: Input, deps: Deps): Promise<void> {
  const users = await deps.users();
  const gone = await unlessGone(() => users.remove(key), flags, deps);
  if (gone === undefined) return;
  await deps.terminal.show({ json: gone, text: ['user account successfully deleted'] });
}
