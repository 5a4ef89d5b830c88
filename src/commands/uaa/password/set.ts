import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import {
  addNewPassword,
  newPassword,
  type NewPasswordDeps,
  type NewPasswordFlags,
} from '../new-password.js';
import { addUserKey, userKey, type UserFlags } from '../user/user-key.js';
import { loadUserAccounts, loadUsers } from '../resources.js';

type Deps = NewPasswordDeps & Pick<Services, 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addNewPassword(addUserKey(command), 'new password')
    .description(
      'Sets the password of a user, whatever it was. The user is logged out everywhere. It needs ' +
        'the scope password.write, which uaa.admin does not include.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa password set cody')
    .action(async (name: string | undefined, flags: UserFlags & NewPasswordFlags) =>
      set({ key: await userKey(name, flags, deps), ...flags }, deps),
    );
}

interface Input extends NewPasswordFlags {
  readonly key: UserKey;
}

/** Sets one password. Who the user is, is found out before anybody types one. */
export async function set({ key, ...flags }: Input, deps: Deps): Promise<void> {
  const [users, accounts] = await Promise.all([
    deps.uaaResource(loadUsers),
    deps.uaaResource(loadUserAccounts),
  ]);
  const id = await users.idOf(key);
  const words = {
    prompt: 'New password: ',
    again: 'Verify new password: ',
    undone: 'no password was set',
  };
  const answer = await accounts.setPassword({ id }, await newPassword(flags, words, deps));
  await deps.terminal.show({ json: answer, text: ['password successfully set'] });
}
