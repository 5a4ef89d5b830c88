import type { Storage } from '../../storage.js';
import type { Behaviour } from '../uaa-releases.js';
import { createLockout } from '../oauth/lockout.js';
import { createApprovalStore } from './approvals.js';
import { createCodeStore, createPasscodeStore, createSessionStore } from './expiring.js';
import { createGroupStore, createMappingStore } from './groups.js';
import { createClientStore, createUserStore } from './identities.js';
import { createIdentityProviderStore } from './identity-providers.js';
import { createTokenStore } from './tokens.js';

/** All data of the sandbox's UAA. */
export type State = ReturnType<typeof createState>;

/**
 * Creates the stores of the sandbox's UAA.
 * @param now - returns the current time in epoch milliseconds.
 * @param defaultGroups - names of the groups that every user belongs to.
 * @param storage - stores everything that survives a restart. Codes, browser sessions and failed
 *   logins do not.
 */
export function createState(
  now: () => number,
  defaultGroups: ReadonlySet<string>,
  { codeLength }: Pick<Behaviour, 'codeLength'>,
  storage: Storage,
) {
  return {
    now,
    clients: createClientStore(storage),
    users: createUserStore(storage),
    groups: createGroupStore(defaultGroups, storage),
    mappings: createMappingStore(storage),
    providers: createIdentityProviderStore(now, storage),
    tokens: createTokenStore(now, storage),
    lockout: createLockout(now),
    passcodes: createPasscodeStore(now, codeLength),
    sessions: createSessionStore(now),
    codes: createCodeStore(now, codeLength),
    approvals: createApprovalStore(now, storage),
  };
}

/** Deletes a user and the user's tokens, approvals and failed logins, but not the memberships. */
export function deleteUserData({ users, tokens, approvals, lockout }: State, id: string): void {
  users.delete(id);
  tokens.deleteByOwner({ userId: id });
  approvals.deleteByUser(id);
  lockout.clear(id);
}
