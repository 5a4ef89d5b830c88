import type { Command } from 'commander';
import { setActive, type ActivationDeps } from './activation.js';
import { addUserKey, userKey, type UserFlags } from './user-key.js';

export function define(command: Command, deps: ActivationDeps): void {
  addUserKey(command)
    .description(
      'Lets a user log in no more, and ends what the user is logged in to. The account and its ' +
        'groups stay for the day it is activated.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa user deactivate dana')
    .action(async (name: string | undefined, flags: UserFlags) =>
      setActive({ key: await userKey(name, flags, deps), active: false }, deps),
    );
}
