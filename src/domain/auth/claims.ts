import { describeSegmentProblem } from '../../api/client/api-client.js';
import { TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';

/** The claims of a JWT. They are not verified; `api/uaa/token-verification.ts` verifies tokens. */
export type Claims = Readonly<Record<string, unknown>>;

/** Decodes the claims of a JWT without verifying them. @returns `undefined` for an opaque token. */
export function readClaims(token: Secret | string): Claims | undefined {
  const parts = (typeof token === 'string' ? token : token.reveal()).split('.');
  if (parts.length !== 3) return undefined;
  const value = tryParseJson(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}

/** @returns the claim; `undefined` if it is missing, empty or not a string. */
export function readTextClaim(tokenClaims: Claims | undefined, name: string): string | undefined {
  const value = tokenClaims?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Reads the id of the user, for use in a URL; `undefined` if the claim is missing, e.g. for a client.
 * @throws {TpksError} `unavailable` for an id that no URL can contain.
 */
export function readUserId(tokenClaims: Claims | undefined): string | undefined {
  const id = readTextClaim(tokenClaims, 'user_id');
  const problem = id === undefined ? undefined : describeSegmentProblem(id);
  if (problem === undefined) return id;
  throw new TpksError('unavailable', `The UAA issued an invalid token: its user_id ${problem}`, {
    hint: 'check the address of the UAA (tpks uaa target), then log in again',
  });
}

/** @returns a claim in epoch seconds as a date; `undefined` if it is missing or not a valid time. */
export function readTimeClaim(tokenClaims: Claims | undefined, name: string): Date | undefined {
  const value = tokenClaims?.[name];
  const time = new Date(typeof value === 'number' ? value * 1000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
