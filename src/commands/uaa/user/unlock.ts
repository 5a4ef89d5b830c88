import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './user-key.js';
import { createUserAccounts } from '../../../uaa/user-accounts.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

export function define(command: Command, deps: Deps): void {
  addUserKeyOptions(command)
    .description(
      'Unlock a user who is locked out after too many failed logins, instead of waiting until the ' +
        'lockout expires. Requires the scopes scim.read and scim.write.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa user unlock cody')
    .action(async (name: string | undefined, flags: UserFlags) =>
      unlockUser({ key: await readUserKey(name, flags, deps) }, deps),
    );
}

export async function unlockUser({ key }: { readonly key: UserKey }, deps: Deps): Promise<void> {
  const accounts = await deps.uaaResource(createUserAccounts);
  const status = await accounts.unlock(key);
  await deps.terminal.show({ json: status, text: ['user account successfully unlocked'] });
}
