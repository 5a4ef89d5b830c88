import type { IdentityProvider } from '../store/identity-providers.js';
import type { State } from '../store/state.js';

/**
 * Deletes a provider with its users, mappings and memberships. Like the real server, ignores the request
 * for the provider `uaa`, which cannot be deleted, and keeps memberships of the deleted users whose own
 * origin is another one.
 */
export function deleteProvider(state: State, { id, originKey }: IdentityProvider): void {
  if (originKey === 'uaa') return;
  state.providers.delete(id);
  for (const mapping of state.mappings.all()) {
    if (mapping.origin === originKey) state.mappings.deleteExact(mapping);
  }
  state.groups.removeByOrigin(originKey);
  for (const user of state.users.all()) {
    if (user.origin !== originKey) continue;
    state.users.delete(user.id);
    state.tokens.deleteByOwner({ userId: user.id });
    state.approvals.deleteByUser(user.id);
    state.lockout.clear(user.id);
  }
}
