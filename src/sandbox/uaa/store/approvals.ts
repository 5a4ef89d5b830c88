import type { Storage } from '../../storage.js';

interface ApprovalKey {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
}

/** A user's decision to approve or deny a scope of a client. Times are in epoch milliseconds. */
interface Approval extends ApprovalKey {
  readonly isApproved: boolean;
  readonly expiresAt: number;
  readonly modifiedAt: number;
}

const lifetimeMilliseconds = 30 * 86_400_000;

/** Creates the store for users' decisions to approve or deny scopes. They are valid for 30 days. */
export function createApprovalStore(now: () => number, storage: Storage) {
  const approvals = storage.collection<Approval>({ name: 'approvals', key: formatApprovalKey });
  const findByUser = approvals.getIndex('user', ({ userId }) => userId);
  const findByClient = approvals.getIndex('client', ({ clientId }) => clientId);
  const deleteAll = (found: readonly Approval[]): void => {
    for (const approval of found) approvals.delete(formatApprovalKey(approval));
  };
  return {
    /** @returns undefined if there is no decision, or if it has expired. */
    get(key: ApprovalKey): boolean | undefined {
      const approval = approvals.get(formatApprovalKey(key));
      return approval && approval.expiresAt > now() ? approval.isApproved : undefined;
    },
    put({ userId, clientId, scope }: ApprovalKey, isApproved: boolean): void {
      const modifiedAt = now();
      const expiresAt = modifiedAt + lifetimeMilliseconds;
      approvals.put({ userId, clientId, scope, isApproved, expiresAt, modifiedAt });
    },
    /** @returns all decisions of a user, including expired ones, oldest first. */
    findByUser,
    deleteByUser: (userId: string) => deleteAll(findByUser(userId)),
    deleteByClient: (clientId: string) => deleteAll(findByClient(clientId)),
  };
}

function formatApprovalKey({ userId, clientId, scope }: ApprovalKey): string {
  return JSON.stringify([userId, clientId, scope]);
}

/** Formats a user's decision for a response. */
export function approvalToJson(approval: Approval): Record<string, string> {
  const { userId, clientId, scope, isApproved, modifiedAt, expiresAt } = approval;
  return {
    userId,
    clientId,
    scope,
    status: isApproved ? 'APPROVED' : 'DENIED',
    lastUpdatedAt: new Date(modifiedAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
