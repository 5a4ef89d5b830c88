import type { Leaf } from '../../contents.js';
import { examplesText, type CommandTexts } from '../../resource/list-command.js';
import { loadUserUpdates } from '../resources.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './user-key.js';

export const activate = activationCommand({
  active: true,
  description: 'Let a deactivated user log in again.',
  examples: ['uaa user activate dana'],
});

export const deactivate = activationCommand({
  active: false,
  description:
    'Prevent a user from logging in, and end the user’s sessions. The account and its groups are ' +
    'kept, so that it can be activated again.',
  examples: ['uaa user deactivate dana'],
});

interface Activation extends CommandTexts {
  readonly active: boolean;
}

function activationCommand({ active, description, examples }: Activation): Leaf {
  const state = active ? 'activated' : 'deactivated';
  return {
    define(command, { terminal, uaaResource }) {
      addUserKeyOptions(command)
        .description(description)
        .addHelpText('after', examplesText(examples))
        .action(async (name: string | undefined, flags: UserFlags) => {
          const key = await readUserKey(name, flags, { terminal });
          const updates = await uaaResource(loadUserUpdates);
          const { user, isChanged } = await updates.update(key, { active });
          const text = isChanged
            ? `user account successfully ${state}`
            : `user account was ${state} already`;
          await terminal.show({ json: user, text: [text] });
        });
    },
  };
}
