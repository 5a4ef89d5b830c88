import type { Claims } from '../../auth/claims.js';
import { details } from '../../terminal/table.js';
import type { View } from '../../terminal/terminal.js';
import { when } from './when.js';

const times = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at']);

/** A token's claims: as they are in JSON, times readable in text. */
export function decodedView(claims: Claims, now: Date): View {
  return {
    json: claims,
    text: details(
      Object.entries(claims).map(([name, value]) => [
        name,
        times.has(name) && typeof value === 'number'
          ? when(new Date(value * 1000), now)
          : Array.isArray(value)
            ? value.map(String).join(' ')
            : typeof value === 'string'
              ? value
              : JSON.stringify(value),
      ]),
    ),
  };
}
