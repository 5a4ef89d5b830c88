import { getModificationTime, type Approval } from './store/approvals.js';

/** Formats a decision as the routes and the user resource return it. */
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
