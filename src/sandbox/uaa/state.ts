import type { Storage } from '../storage/storage.js';
import type { ApprovalStore } from './approval-store.js';
import { createApprovalStore } from './approval-store.js';
import type { Behaviour } from './behaviour.js';
import type { ClientStore } from './client-store.js';
import { createClientStore } from './client-store.js';
import type { CodeStore } from './code-store.js';
import { createCodeStore } from './code-store.js';
import type { GroupStore } from './group-store.js';
import { createGroupStore } from './group-store.js';
import type { Lockout } from './lockout.js';
import { createLockout } from './lockout.js';
import type { IdentityProvider } from './identity-provider.js';
import { initialProviders } from './identity-provider.js';
import type { MappingStore } from './mapping-store.js';
import { createMappingStore } from './mapping-store.js';
import type { PasscodeStore } from './passcode-store.js';
import { createPasscodeStore } from './passcode-store.js';
import type { SessionStore } from './session-store.js';
import { createSessionStore } from './session-store.js';
import type { TokenStore } from './token-store.js';
import { createTokenStore } from './token-store.js';
import type { UserStore } from './user-store.js';
import { createUserStore } from './user-store.js';

/** Everything one UAA remembers: what is kept, and what does not outlive the process. */
export interface State {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly transaction: Storage['transaction'];
  readonly clients: ClientStore;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly mappings: MappingStore;
  readonly providers: readonly IdentityProvider[];
  readonly tokens: TokenStore;
  readonly lockout: Lockout;
  readonly passcodes: PasscodeStore;
  readonly sessions: SessionStore;
  readonly codes: CodeStore;
  readonly approvals: ApprovalStore;
}

/**
 * @param defaultGroups - names of the groups that every user is in.
 * @param behaviour - has the length of codes.
 * @param storage - for everything that survives a restart; codes, browser sessions and failed
 *   logins do not.
 */
export function createState(
  now: () => number,
  defaultGroups: ReadonlySet<string>,
  { codeLength }: Pick<Behaviour, 'codeLength'>,
  storage: Storage,
): State {
  return {
    now,
    transaction: storage.transaction,
    clients: createClientStore(storage),
    users: createUserStore(storage),
    groups: createGroupStore(defaultGroups, storage),
    mappings: createMappingStore(storage),
    providers: initialProviders(now()),
    tokens: createTokenStore(now, storage),
    lockout: createLockout(now),
    passcodes: createPasscodeStore(now, codeLength),
    sessions: createSessionStore(now),
    codes: createCodeStore(now, codeLength),
    approvals: createApprovalStore(now, storage),
  };
}
