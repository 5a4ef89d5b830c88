import type { Leaf } from '../../contents.js';
import { formatExamples, type CommandHelp } from '../../resource/list-command.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './user-key.js';
import { createUserUpdates } from '../../../uaa/user-updates.js';

export const activate = activationCommand({
  active: true,
  description:
    'Allow a deactivated user to log in again. Requires the scopes scim.read and scim.write.',
  examples: ['uaa user activate dana'],
});

export const deactivate = activationCommand({
  active: false,
  description:
    'Prevent a user from logging in and from using existing tokens. The account and its group ' +
    'memberships are kept, so it can be activated again. Requires the scopes scim.read and ' +
    'scim.write.',
  examples: ['uaa user deactivate dana'],
});

interface Activation extends CommandHelp {
  readonly active: boolean;
}

function activationCommand({ active, description, examples }: Activation): Leaf {
  const state = active ? 'activated' : 'deactivated';
  return {
    define(command, { terminal, uaaResource }) {
      addUserKeyOptions(command)
        .description(description)
        .addHelpText('after', formatExamples(examples))
        .action(async (name: string | undefined, flags: UserFlags) => {
          const key = await readUserKey(name, flags, { terminal });
          const updates = await uaaResource(createUserUpdates);
          const { user, isChanged } = await updates.update(key, { active });
          const text = isChanged
            ? `user account successfully ${state}`
            : `No changes: the user is already ${state}`;
          await terminal.show({ json: user, text: [text] });
        });
    },
  };
}
