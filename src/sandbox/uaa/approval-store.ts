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

export function createApprovalStore(now: () => number): ApprovalStore {
  const approvals = new Map<string, { readonly isApproved: boolean; readonly expiresAt: number }>();
  const name = ({ userId, clientId, scope }: ApprovalKey) =>
    JSON.stringify([userId, clientId, scope]);
  return {
    get(key) {
      const found = approvals.get(name(key));
      return found && found.expiresAt > now() ? found.isApproved : undefined;
    },
    save: (key, isApproved) =>
      void approvals.set(name(key), { isApproved, expiresAt: now() + lifeMilliseconds }),
  };
}
