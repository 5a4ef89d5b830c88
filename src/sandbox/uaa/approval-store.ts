import { hasMembers, keptMap, type Keep } from '../keep.js';

/** What people said to clients that asked for scopes; each word counts for a month. */
export interface ApprovalStore {
  /** @returns undefined where nothing was said, or too long ago. */
  readonly get: (key: ApprovalKey) => boolean | undefined;
  readonly save: (key: ApprovalKey, isApproved: boolean) => void;
}

export interface ApprovalKey {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
}

const lifeMilliseconds = 30 * 86_400_000;

export function createApprovalStore(now: () => number, keep: Keep): ApprovalStore {
  const approvals = keptMap(keep, 'approvals', isApproval);
  const name = ({ userId, clientId, scope }: ApprovalKey) =>
    JSON.stringify([userId, clientId, scope]);
  return {
    get(key) {
      const found = approvals.get(name(key));
      return found && found.expiresAt > now() ? found.isApproved : undefined;
    },
    save: (key, isApproved) =>
      approvals.set(name(key), { isApproved, expiresAt: now() + lifeMilliseconds }),
  };
}

interface Approval {
  readonly isApproved: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

function isApproval(value: unknown): value is Approval {
  return hasMembers(value, 'isApproved', 'expiresAt');
}
