import { toList, type Storage } from '../../storage/storage.js';

/** Identifies a decision. */
export interface ApprovalKey {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
}

/** A user's decision. */
export interface Approval extends ApprovalKey {
  readonly isApproved: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const lifetimeMilliseconds = 30 * 86_400_000;

/** Creates the store for users' decisions to approve or deny scopes. They are valid for 30 days. */
export function createApprovalStore(now: () => number, storage: Storage) {
  const approvals = storage.collection<Approval>({
    name: 'approvals',
    key: approvalKey,
    requiredMembers: ['userId', 'clientId', 'scope', 'isApproved', 'expiresAt'],
    fromOldItems: (items) => items.map(convertOldItem),
  });
  const findByUser = approvals.getIndex('user', ({ userId }) => userId);
  const findByClient = approvals.getIndex('client', ({ clientId }) => clientId);
  const deleteAll = (found: readonly Approval[]): void => {
    for (const approval of found) approvals.delete(approvalKey(approval));
  };
  return {
    /** @returns undefined if there is no decision, or if it has expired. */
    get(key: ApprovalKey): boolean | undefined {
      const found = approvals.get(approvalKey(key));
      return found && found.expiresAt > now() ? found.isApproved : undefined;
    },
    put({ userId, clientId, scope }: ApprovalKey, isApproved: boolean): void {
      const expiresAt = now() + lifetimeMilliseconds;
      approvals.put({ userId, clientId, scope, isApproved, expiresAt });
    },
    /** Returns the user's decisions, including expired ones. */
    findByUser,
    deleteByUserAndClient(userId: string, clientId: string): void {
      deleteAll(findByUser(userId).filter((approval) => approval.clientId === clientId));
    },
    deleteByUser: (userId: string) => deleteAll(findByUser(userId)),
    deleteByClient: (clientId: string) => deleteAll(findByClient(clientId)),
  };
}

function approvalKey({ userId, clientId, scope }: ApprovalKey): string {
  return JSON.stringify([userId, clientId, scope]);
}

/** Converts an item of tpks 0.1.0, which stored pairs whose value did not contain the key. */
function convertOldItem(item: unknown): unknown {
  const [name, value] = toList(item);
  if (typeof name !== 'string' || typeof value !== 'object') return undefined;
  const [userId, clientId, scope] = toList(JSON.parse(name));
  return { userId, clientId, scope, ...value };
}
