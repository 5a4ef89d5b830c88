import * as v from 'valibot';
import { parseStoredJson } from '../disk/stored-json.js';
import type { StoredSession } from './session-file.js';

const date = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'not a date'),
);

/** Far more than any lifetime or clock needs, and few enough for sums that are still dates. */
const maximumSeconds = 1e12;

/** Members that a newer tpks may have added are kept. */
const sessionSchema = v.looseObject({
  accessToken: v.string(),
  refreshToken: v.optional(v.string()),
  idToken: v.optional(v.string()),
  clientSecret: v.optional(v.string()),
  scope: v.string(),
  expiresAt: date,
  lifetimeSeconds: v.pipe(v.number(), v.minValue(0), v.maxValue(maximumSeconds)),
  clockOffsetSeconds: v.pipe(v.number(), v.minValue(-maximumSeconds), v.maxValue(maximumSeconds)),
  refreshRejectedAt: v.optional(date),
});

/**
 * Checks the decrypted content of a session file.
 * @throws {Error} with the reason, without the file's name.
 */
export function checkSession(text: string): StoredSession {
  const result = v.safeParse(sessionSchema, parseStoredJson(text));
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue) ?? 'the content'}: ${issue.message}`);
}
