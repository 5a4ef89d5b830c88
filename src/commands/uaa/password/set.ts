import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import {
  addNewPasswordOptions,
  readNewPassword,
  type NewPasswordDeps,
  type NewPasswordFlags,
} from '../new-password.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from '../user/user-key.js';
import { loadUserAccounts, loadUsers } from '../resources.js';

type Deps = NewPasswordDeps & Pick<Services, 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addNewPasswordOptions(addUserKeyOptions(command), 'new password')
    .description(
      'Set the password of a user without the current one, and end all sessions of that user. Needs ' +
        'the scope password.write, which uaa.admin does not include.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa password set cody')
    .action(async (name: string | undefined, flags: UserFlags & NewPasswordFlags) =>
      setPassword({ key: await readUserKey(name, flags, deps), ...flags }, deps),
    );
}

interface Input extends NewPasswordFlags {
  readonly key: UserKey;
}

/** Sets one password. The user is looked up before the prompt. */
export async function setPassword({ key, ...flags }: Input, deps: Deps): Promise<void> {
  const [users, accounts] = await Promise.all([
    deps.uaaResource(loadUsers),
    deps.uaaResource(loadUserAccounts),
  ]);
  const id = await users.idOf(key);
  const texts = { prompt: 'New password: ', undone: 'no password was set' };
  const answer = await accounts.setPassword({ id }, await readNewPassword(flags, texts, deps));
  await deps.terminal.show({ json: answer, text: ['password successfully set'] });
}
