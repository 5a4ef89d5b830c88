import { isObject } from '../body.js';
import {
  json,
  route,
  type ErrorResponse,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { approvalToJson } from './approval-json.js';
import { readApproval, type ApprovalInput } from './approval-body.js';
import { readJsonRequest } from './http/json-request.js';
import { authenticateCaller, checkAudience, insufficientScopeError } from './oauth/bearer.js';
import type { Realm } from './realm.js';
import { scimError } from './scim/error.js';
import type { Approval } from './store/approvals.js';
import type { Client } from './store/clients.js';
import type { State } from './store/state.js';

/**
 * Creates the routes below `/approvals`, which list and change a user's decisions about scopes. They
 * require the scope `oauth.approvals`.
 *
 * @see UAA 4.30.0 `ApprovalsAdminEndpoints`
 */
export function approvalRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/approvals', async (request) => {
      const userId = requireUser(await authenticate(request, realm));
      return json(200, listApprovals(request, state, userId).map(approvalToJson));
    }),
    route('PUT', '/approvals', async (request) => {
      const caller = await authenticate(request, realm);
      const inputs = readApprovals(request);
      const userId = requireUser(caller);
      state.approvals.deleteByUser(userId);
      return json(200, storeApprovals(state, userId, inputs).map(approvalToJson));
    }),
    route('DELETE', '/approvals', async (request) => {
      const caller = await authenticate(request, realm);
      const clientId = request.query.get('clientId');
      if (clientId === null) throw approvalError(500);
      findClient(state, clientId);
      const userId = requireUser(caller);
      state.approvals.deleteByUserAndClient(userId, clientId);
      const message = `Approvals of user ${userId} and client ${clientId} revoked`;
      return json(200, { status: 'ok', message });
    }),
    route('PUT', '/approvals/:client', async (request, { client = '' }) =>
      updateClientApprovals(request, realm, client),
    ),
  ];
}

async function updateClientApprovals(
  request: SandboxRequest,
  realm: Realm,
  clientId: string,
): Promise<SandboxResponse> {
  const { state } = realm;
  const caller = await authenticate(request, realm);
  const inputs = readApprovals(request);
  findClient(state, clientId);
  const userId = requireUser(caller);
  state.approvals.deleteByUserAndClient(userId, clientId);
  storeApprovals(state, userId, inputs);
  const stored = state.approvals.findByUser(userId);
  return json(200, stored.filter((item) => item.clientId === clientId).map(approvalToJson));
}

/** @returns the id of the user; undefined for a token of a client. */
async function authenticate(request: SandboxRequest, realm: Realm): Promise<string | undefined> {
  const caller = await authenticateCaller(request, realm);
  checkAudience(caller, 'oauth');
  if (!caller.scope.includes('oauth.approvals')) throw insufficientScopeError(['oauth.approvals']);
  return caller.user?.id;
}

function requireUser(userId: string | undefined): string {
  if (userId === undefined) throw approvalError(500);
  return userId;
}

function approvalError(
  status: number,
  message = "Error accessing user's approvals",
): ErrorResponse {
  return scimError(status, 'uaa', message);
}

function findClient({ clients }: State, id: string): Client {
  const client = clients.get(id);
  if (!client) throw approvalError(404, `No client with requested id: ${id}`);
  return client;
}

/**
 * Like the real server, selects the page before it removes the scopes that need no approval, so a
 * page can contain fewer approvals than requested.
 */
function listApprovals(request: SandboxRequest, state: State, userId: string): Approval[] {
  const all = state.approvals.findByUser(userId).toSorted(compareKeys);
  const start = readInteger(request, 'startIndex', 1) - 1;
  // The real server adds two Java integers, which can overflow.
  const end = Math.min((start + readInteger(request, 'count', 100)) | 0, all.length);
  if (start >= end) return [];
  if (start < 0) throw approvalError(500);
  const page = all.slice(start, end);
  for (const { clientId } of page) findClient(state, clientId);
  return page.filter(({ clientId, scope }) => {
    const { autoapprove, scopes } = findClient(state, clientId);
    return !(autoapprove.includes('true') ? scopes : autoapprove).includes(scope);
  });
}

/** The real server returns approvals in the order of the primary key of its table. */
function compareKeys(a: Approval, b: Approval): number {
  return compareTexts(a.clientId, b.clientId) || compareTexts(a.scope, b.scope);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function readInteger({ query }: SandboxRequest, name: string, initial: number): number {
  const text = query.get(name)?.trim() ?? '';
  if (text === '') return initial;
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  if (value !== (value | 0)) throw approvalError(500);
  return value;
}

function readApprovals(request: SandboxRequest): readonly (ApprovalInput | null)[] {
  const body = readJsonRequest(request);
  if (!('value' in body) || !Array.isArray(body.value)) throw approvalError(400);
  return body.value.map((item: unknown) => {
    if (item === null) return null;
    const input = isObject(item) ? readApproval(item) : undefined;
    if (!input) throw approvalError(400);
    return input;
  });
}

/** Stores the approvals one by one. If one is invalid, the earlier ones stay stored. */
function storeApprovals(
  { approvals, now }: State,
  userId: string,
  inputs: readonly (ApprovalInput | null)[],
): readonly Approval[] {
  return inputs.map((input) => {
    if (input === null) throw approvalError(500);
    if (input.userId.trim() !== '' && input.userId !== userId) throw otherUserError();
    if (input.isApproved === undefined) throw approvalError(500);
    const { clientId, scope, isApproved, modifiedAt = now() } = input;
    const expiresAt = input.expiresAt ?? now() + defaultLifetimeMilliseconds;
    const approval = { userId, clientId, scope, isApproved, expiresAt, modifiedAt };
    approvals.replace(approval);
    return approval;
  });
}

const defaultLifetimeMilliseconds = 30 * 60_000;

function otherUserError(): ErrorResponse {
  return approvalError(
    401,
    'Cannot update approvals for another user. Set user_id to null to update for existing user.',
  );
}
