import type { Storage } from '../../storage/storage.js';
import type { ApprovalStore } from './approvals.js';
import { createApprovalStore } from './approvals.js';
import type { Behaviour } from '../behaviour.js';
import type { ClientStore } from './clients.js';
import { createClientStore } from './clients.js';
import type { CodeStore } from './codes.js';
import { createCodeStore } from './codes.js';
import type { GroupStore } from './groups.js';
import { createGroupStore } from './groups.js';
import type { Lockout } from './lockout.js';
import { createLockout } from './lockout.js';
import type { IdentityProvider } from './identity-providers.js';
import { initialProviders } from './identity-providers.js';
import type { MappingStore } from './mappings.js';
import { createMappingStore } from './mappings.js';
import type { PasscodeStore } from './passcodes.js';
import { createPasscodeStore } from './passcodes.js';
import type { SessionStore } from './sessions.js';
import { createSessionStore } from './sessions.js';
import type { TokenStore } from './tokens.js';
import { createTokenStore } from './tokens.js';
import type { UserStore } from './users.js';
import { createUserStore } from './users.js';

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
