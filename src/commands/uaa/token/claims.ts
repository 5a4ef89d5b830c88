import { toPlainText } from '../../../base/json-value.js';
import { readTextClaim, type Claims } from '../../../domain/auth/claims.js';
import { formatDetails } from '../../../platform/terminal/lines.js';
import { fitDetails } from '../../../platform/terminal/screen.js';
import type { View } from '../../../platform/terminal/terminal.js';
import { formatTime } from '../../format-time.js';

const timeClaims = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at']);

/** Formats times in text; JSON has the original claims, and `-o name` prints the id of the token. */
export function claimsView(claims: Claims, now: Date): View {
  const pairs = Object.entries(claims).map(
    ([name, value]) => [name, formatClaim(name, value, now)] as const,
  );
  return {
    json: claims,
    name: readTextClaim(claims, 'jti') ?? [],
    text: formatDetails(pairs),
    screen: (width) => fitDetails(pairs, width),
  };
}

function formatClaim(name: string, value: unknown, now: Date): string {
  const time =
    timeClaims.has(name) && typeof value === 'number' ? new Date(value * 1000) : undefined;
  // A number outside the range of dates is shown unchanged.
  if (time !== undefined && !Number.isNaN(time.getTime())) return formatTime(time, now);
  return Array.isArray(value) ? value.map(toPlainText).join(' ') : toPlainText(value);
}
