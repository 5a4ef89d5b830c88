import { jsonOrNothing } from '../http/decode.js';
import { isObject } from '../json-value.js';
import type { Secret } from '../secret.js';

/** The claims of a JWT, not verified: `uaa/tokens/token-keys.ts` verifies tokens. */
export type Claims = Readonly<Record<string, unknown>>;

/** @returns `undefined` for an opaque token. */
export function claims(token: Secret | string): Claims | undefined {
  return part(token, 1);
}

/** The JOSE header of a JWT. */
export function joseHeader(token: Secret | string): Claims | undefined {
  return part(token, 0);
}

/** A claim that is a text, if it is there. */
export function textClaim(of: Claims | undefined, name: string): string | undefined {
  const value = of?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A claim in epoch seconds, as a point in time. */
export function timeClaim(of: Claims | undefined, name: string): Date | undefined {
  const value = of?.[name];
  const at = new Date(typeof value === 'number' ? value * 1000 : Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function part(token: Secret | string, index: 0 | 1): Claims | undefined {
  const parts = (typeof token === 'string' ? token : token.open()).split('.');
  if (parts.length !== 3) return undefined;
  const value = jsonOrNothing(Buffer.from(parts[index] ?? '', 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}
