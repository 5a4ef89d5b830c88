import type { IdentityProvider } from '../store/identity-providers.js';
import type { State } from '../store/state.js';

/**
 * Deletes a provider with its users and mappings. Like the real server, ignores the request for the
 * provider `uaa`, which cannot be deleted.
 */
export function deleteProvider(state: State, { id, originKey }: IdentityProvider): void {
  if (originKey === 'uaa') return;
  state.providers.delete(id);
  for (const mapping of state.mappings.all()) {
    if (mapping.origin === originKey) state.mappings.deleteExact(mapping);
  }
  for (const user of state.users.all()) {
    if (user.origin !== originKey) continue;
    state.users.delete(user.id);
    state.groups.removeFromAllGroups(user.id);
    state.tokens.deleteByOwner({ userId: user.id });
    state.approvals.deleteByUser(user.id);
    state.lockout.clear(user.id);
  }
}
