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
import { createUserAccounts } from '../../../uaa/user-accounts.js';
import { createUsers } from '../../../uaa/users.js';

type Deps = NewPasswordDeps & Pick<Services, 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addNewPasswordOptions(addUserKeyOptions(command), 'new password')
    .description(
      'Set the password of a user without providing the current one, and revoke all tokens of that ' +
        'user. Requires the scopes scim.read and password.write; uaa.admin does not include ' +
        'password.write.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa password set cody')
    .action(async (name: string | undefined, flags: UserFlags & NewPasswordFlags) =>
      setPassword({ key: await readUserKey(name, flags, deps), ...flags }, deps),
    );
}

interface Input extends NewPasswordFlags {
  readonly key: UserKey;
}

/** Looks the user up before the prompt, so that a wrong name is reported first. */
export async function setPassword({ key, ...flags }: Input, deps: Deps): Promise<void> {
  const [users, accounts] = await Promise.all([
    deps.uaaResource(createUsers),
    deps.uaaResource(createUserAccounts),
  ]);
  const id = await users.findId(key);
  const texts = { prompt: 'New password: ', consequence: 'no password was set' };
  const response = await accounts.setPassword({ id }, await readNewPassword(flags, texts, deps));
  await deps.terminal.show({ json: response, text: ['password successfully set'] });
}
