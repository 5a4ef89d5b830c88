import { unescape } from 'node:querystring';
import { isObject } from '../../body.js';
import { hasInvalidEscape } from '../../router.js';
import { toText } from '../requests.js';
import { parseJson } from '../../body.js';

/** The identity provider that a client suggests for a login. */
export interface LoginHint {
  readonly origin: string | null;
}

/** Whether the escapes in a login hint can be decoded. If not, the real server fails. */
export function canDecodeLoginHint(text: string): boolean {
  return !hasInvalidEscape(text);
}

/**
 * Parses the parameter `login_hint`: `{"origin":"NAME"}` or `"NAME"`. The value is
 * percent-encoded twice.
 *
 * @returns undefined if the parameter is missing or has another format; the server ignores it.
 * @see UAA 4.30.0 `UaaLoginHint`
 */
export function parseLoginHint(text: string | null): LoginHint | undefined {
  if (text === null) return undefined;
  const value = parseJson(unescape(text.replaceAll('+', ' ')));
  if (typeof value === 'string') return { origin: value };
  if (!isObject(value) || Object.keys(value).some((name) => name !== 'origin')) return undefined;
  const origin = 'origin' in value ? toText(value['origin']) : null;
  return origin === undefined ? undefined : { origin };
}
