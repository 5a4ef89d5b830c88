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
      'Set the password of a user without the current one, and end all sessions of that user. Needs ' +
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

/** Sets one password. The user is looked up before the prompt. */
export async function set({ key, ...flags }: Input, deps: Deps): Promise<void> {
  const [users, accounts] = await Promise.all([
    deps.uaaResource(loadUsers),
    deps.uaaResource(loadUserAccounts),
  ]);
  const id = await users.idOf(key);
  const texts = { prompt: 'New password: ', undone: 'no password was set' };
  const answer = await accounts.setPassword({ id }, await newPassword(flags, texts, deps));
  await deps.terminal.show({ json: answer, text: ['password successfully set'] });
}
