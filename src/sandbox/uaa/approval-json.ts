import { getModificationTime, type Approval } from './store/approvals.js';

/** Formats a user's decision for a response. */
export function approvalToJson(approval: Approval): Record<string, string> {
  const { userId, clientId, scope, isApproved, expiresAt } = approval;
  return {
    userId,
    clientId,
    scope,
    status: isApproved ? 'APPROVED' : 'DENIED',
    lastUpdatedAt: new Date(getModificationTime(approval)).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}
