import type { JsonObject } from '../body.js';
import { toNodeText } from './http/json-request.js';

/** An approval in a request. Times are in epoch milliseconds. */
export interface ApprovalInput {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly isApproved: boolean | undefined;
  readonly expiresAt: number | undefined;
  readonly modifiedAt: number | undefined;
}

/**
 * Reads an approval. Member names are case-insensitive, and unknown members are ignored.
 *
 * @returns undefined if a value is invalid.
 * @see UAA 4.30.0 `ApprovalsJsonDeserializer`
 */
export function readApproval(item: JsonObject): ApprovalInput | undefined {
  const members = new Map(
    Object.entries(item).map(([name, value]) => [name.toLowerCase(), value ?? undefined]),
  );
  const names = ['userid', 'clientid', 'scope'].map((name) => members.get(name));
  const [userId = '', clientId = '', scope = ''] = names;
  if (![userId, clientId, scope].every(isScalar)) return undefined;
  const status = members.get('status');
  if (status !== undefined && !isStatus(status)) return undefined;
  const [expiresAt, modifiedAt] = ['expiresat', 'lastupdatedat'].map((name) =>
    readTime(members.get(name)),
  );
  if (Number.isNaN(expiresAt) || Number.isNaN(modifiedAt)) return undefined;
  return {
    userId: toNodeText(userId) ?? '',
    clientId: toNodeText(clientId) ?? '',
    scope: toNodeText(scope) ?? '',
    isApproved: status === undefined ? undefined : status === 'APPROVED' || status === 0,
    expiresAt,
    modifiedAt,
  };
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object';
}

/** Jackson also accepts the index of an enum value. */
function isStatus(value: unknown): boolean {
  return value === 'APPROVED' || value === 'DENIED' || value === 0 || value === 1;
}

/** @returns undefined if the time is missing or empty, or NaN if it is invalid. */
function readTime(value: unknown): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'string') return NaN;
  return /^\d{4}-\d\d/.test(value) ? Date.parse(value) : NaN;
}
