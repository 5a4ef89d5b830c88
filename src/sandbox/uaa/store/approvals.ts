import { hasMembers, listIn, type Storage } from '../../storage/storage.js';

/** Decisions of users about scopes that clients requested; each is valid for 30 days. */
export interface ApprovalStore {
  /** @returns undefined if there is no decision or it has expired. */
  readonly get: (key: ApprovalKey) => boolean | undefined;
  readonly save: (key: ApprovalKey, isApproved: boolean) => void;
  /** Deletes the decisions of a user. */
  readonly forgetUser: (userId: string) => void;
  /** Deletes the decisions about a client. */
  readonly forgetClient: (clientId: string) => void;
}

export interface ApprovalKey {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
}

const lifeMilliseconds = 30 * 86_400_000;

export function createApprovalStore(now: () => number, storage: Storage): ApprovalStore {
  const approvals = storage.collection<Approval>({
    name: 'approvals',
    key,
    isRow: isApproval,
    fromOldItems: (items) => items.map(fromOldItem),
  });
  const ofUser = approvals.indexedBy('user', ({ userId }) => userId);
  const ofClient = approvals.indexedBy('client', ({ clientId }) => clientId);
  const remove = (found: readonly Approval[]): void => {
    for (const approval of found) approvals.delete(key(approval));
  };
  return {
    get(wanted) {
      const found = approvals.get(key(wanted));
      return found && found.expiresAt > now() ? found.isApproved : undefined;
    },
    save({ userId, clientId, scope }, isApproved) {
      const expiresAt = now() + lifeMilliseconds;
      approvals.put({ userId, clientId, scope, isApproved, expiresAt });
    },
    forgetUser: (userId) => remove(ofUser(userId)),
    forgetClient: (clientId) => remove(ofClient(clientId)),
  };
}

interface Approval extends ApprovalKey {
  readonly isApproved: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

function key({ userId, clientId, scope }: ApprovalKey): string {
  return JSON.stringify([userId, clientId, scope]);
}

/** tpks 0.1.0 stored pairs whose value did not contain the key. */
function fromOldItem(item: unknown): unknown {
  const [name, value] = listIn(item);
  if (typeof name !== 'string' || typeof value !== 'object') return undefined;
  const [userId, clientId, scope] = listIn(JSON.parse(name));
  return { userId, clientId, scope, ...value };
}

function isApproval(value: unknown): value is Approval {
  return hasMembers(value, 'userId', 'clientId', 'scope', 'isApproved', 'expiresAt');
}
