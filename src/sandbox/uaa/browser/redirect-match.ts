/**
 * Where an answer may go.
 *
 * @param requested - null where the request names nothing: then the only registered one counts.
 * @returns undefined where no registered one covers it.
 * @see UAA 4.30.0 `LegacyRedirectResolver`, which later releases use too unless told otherwise
 */
export function matchingRedirect(
  requested: string | null,
  registered: readonly string[],
): string | undefined {
  if (requested === null) return registered.length === 1 ? registered[0] : undefined;
  return registered.some((pattern) => covers(pattern, requested)) ? requested : undefined;
}

function covers(pattern: string, requested: string): boolean {
  if (pattern === requested) return true;
  if (!URL.canParse(requested)) return false;
  if (pattern.includes('*')) return wildcard(pattern).test(requested.replace(/[?#].*$/, ''));
  if (!URL.canParse(pattern)) return false;
  const [one, other] = [new URL(pattern), new URL(requested)];
  // URL does not parse the parts of other schemes, so these must be equal.
  const isWeb = /^https?:$/.test(one.protocol);
  return (
    isWeb &&
    one.protocol === other.protocol &&
    one.port === other.port &&
    (other.hostname === one.hostname || other.hostname.endsWith(`.${one.hostname}`)) &&
    other.pathname.startsWith(one.pathname)
  );
}

/** `*` spans what has no slash in it, `**` all there is. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part.startsWith('**')) return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
