import { listIn, type Storage } from '../../storage/storage.js';

export interface ApprovalKey {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
}

interface Approval extends ApprovalKey {
  readonly isApproved: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const lifeMilliseconds = 30 * 86_400_000;

/** Decisions of users about scopes that clients requested; each is valid for 30 days. */
export function createApprovalStore(now: () => number, storage: Storage) {
  const approvals = storage.collection<Approval>({
    name: 'approvals',
    key: approvalKey,
    requiredMembers: ['userId', 'clientId', 'scope', 'isApproved', 'expiresAt'],
    fromOldItems: (items) => items.map(fromOldItem),
  });
  const ofUser = approvals.indexedBy('user', ({ userId }) => userId);
  const ofClient = approvals.indexedBy('client', ({ clientId }) => clientId);
  const remove = (found: readonly Approval[]): void => {
    for (const approval of found) approvals.delete(approvalKey(approval));
  };
  return {
    /** @returns undefined if there is no decision or it has expired. */
    get(wanted: ApprovalKey): boolean | undefined {
      const found = approvals.get(approvalKey(wanted));
      return found && found.expiresAt > now() ? found.isApproved : undefined;
    },
    put({ userId, clientId, scope }: ApprovalKey, isApproved: boolean): void {
      const expiresAt = now() + lifeMilliseconds;
      approvals.put({ userId, clientId, scope, isApproved, expiresAt });
    },
    removeUser: (userId: string) => remove(ofUser(userId)),
    removeClient: (clientId: string) => remove(ofClient(clientId)),
  };
}

function approvalKey({ userId, clientId, scope }: ApprovalKey): string {
  return JSON.stringify([userId, clientId, scope]);
}

/** tpks 0.1.0 stored pairs whose value did not contain the key. */
function fromOldItem(item: unknown): unknown {
  const [name, value] = listIn(item);
  if (typeof name !== 'string' || typeof value !== 'object') return undefined;
  const [userId, clientId, scope] = listIn(JSON.parse(name));
  return { userId, clientId, scope, ...value };
}
