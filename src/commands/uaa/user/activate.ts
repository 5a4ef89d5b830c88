import type { Command } from 'commander';
import { setActive, type ActivationDeps } from './activation.js';
import { addUserKey, userKey, type UserFlags } from './user-key.js';

export function define(command: Command, deps: ActivationDeps): void {
  addUserKey(command)
    .description('Lets a user log in again who was deactivated.')
    .addHelpText('after', '\nExample:\n  $ tpks uaa user activate dana')
    .action(async (name: string | undefined, flags: UserFlags) =>
      setActive({ key: await userKey(name, flags, deps), active: true }, deps),
    );
}
