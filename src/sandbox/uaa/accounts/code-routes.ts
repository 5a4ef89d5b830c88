import { isObject } from '../../body.js';
import { json, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { scimError } from '../scim/error.js';
import { readJsonRequest } from '../http/json-request.js';
import { selectJsonType } from '../http/negotiation.js';
import { apiRoute } from './api-routes.js';
import { toJavaString } from '../java/json-text.js';
import type { Params } from '../../router.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';

interface Call {
  readonly request: SandboxRequest;
  readonly state: State;
}

/**
 * Creates the routes that store a value under a one-time code, and return the value for the code.
 */
export function codeRoutes(realm: Realm): readonly Route[] {
  return [
    apiRoute(realm, '/Codes', { POST: createCode }),
    apiRoute(realm, '/Codes/:code', { GET: redeemCode }),
  ];
}

function createCode({ request, state }: Call): SandboxResponse {
  const { data, expiresAt } = readCode(request);
  if (data === undefined || expiresAt === undefined) {
    throw scimError(400, 'code_store', 'data and expiresAt are required.');
  }
  if (expiresAt < state.now()) {
    throw scimError(400, 'code_store', 'expiresAt must be in the future.');
  }
  const code = state.expiringCodes.create({ data, expiresAt });
  return respondWithJson(request, 201, { code, expiresAt, data, intent: null });
}

function redeemCode({ request, state }: Call, { code: name = '' }: Params): SandboxResponse {
  const found = state.expiringCodes.redeem(name);
  if (!found) throw scimError(404, 'code_store', `Code not found: ${name}`);
  const { code, expiresAt, data, intent = null } = found;
  return respondWithJson(request, 200, { code, expiresAt, data, intent });
}

/**
 * Creates a JSON response. Unlike other routes, these report every exception in their own format,
 * even if the client does not accept JSON.
 */
function respondWithJson(
  request: SandboxRequest,
  status: number,
  value: Readonly<Record<string, unknown>>,
): SandboxResponse {
  if (selectJsonType(request) === undefined) throw unexpectedError();
  return json(status, value);
}

/** Reads the value and its expiry. @throws ErrorResponse 500 if the body is invalid. */
function readCode(request: SandboxRequest) {
  const body = readJsonRequest(request);
  if (!('value' in body) || !isObject(body.value)) throw unexpectedError();
  const { value } = body;
  return { data: readData(value['data']), expiresAt: readTime(value['expiresAt']) };
}

function readData(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = toJavaString(value);
  if (text === undefined) throw unexpectedError();
  return text ?? undefined;
}

/**
 * Parses epoch milliseconds or an ISO date. As on the real server, the default time zone is UTC.
 */
function readTime(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value !== 'string') throw unexpectedError();
  if (/^-?\d{5,}$/.test(value)) return Number(value);
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(value);
  const time = Date.parse(value.includes('T') && !hasZone ? `${value}Z` : value);
  if (Number.isNaN(time)) throw unexpectedError();
  return time;
}

function unexpectedError() {
  return scimError(500, 'code_store', 'Unexpected error');
}
