import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';

export type ActivationDeps = Pick<Services, 'terminal' | 'userUpdates'>;

interface Input {
  readonly key: UserKey;
  readonly active: boolean;
}

/** Activates or deactivates one user, leaves the rest of it alone, and shows it. */
export async function setActive({ key, active }: Input, deps: ActivationDeps): Promise<void> {
  const updates = await deps.userUpdates();
  const { user, isChanged } = await updates.update(key, { active });
  const state = active ? 'activated' : 'deactivated';
  await deps.terminal.show({
    json: user,
    text: [isChanged ? `user account successfully ${state}` : `user account was ${state} already`],
  });
}
