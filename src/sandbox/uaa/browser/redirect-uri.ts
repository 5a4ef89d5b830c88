/**
 * Finds the redirect URI to use.
 *
 * @param requested - null if the request names none: then the only registered one is used.
 * @returns undefined if no registered one matches.
 * @see UAA 4.30.0 `LegacyRedirectResolver`, which later releases use too unless told otherwise
 */
export function matchingRedirect(
  requested: string | null,
  registered: readonly string[],
): string | undefined {
  if (requested === null) return registered.length === 1 ? registered[0] : undefined;
  return registered.some((pattern) => matches(pattern, requested)) ? requested : undefined;
}

function matches(pattern: string, requested: string): boolean {
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

/** `*` matches any text without a slash, `**` any text. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part.startsWith('**')) return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

/**
 * Adds the members of a response to a redirect URI.
 *
 * @param isInFragment - in the fragment, which browsers do not send to servers; else in the query.
 * @returns percent-encoded as on the real server: a blank is `%20`.
 */
export function withResponse(
  redirect: string,
  response: Readonly<Record<string, string>>,
  isInFragment: boolean,
): string {
  const params = Object.entries(response)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const [base = '', fragment] = redirect.split('#', 2);
  if (isInFragment) {
    return `${base}#${fragment === undefined ? '' : `${fragment}&`}${params}`;
  }
  const query = `${base}${base.includes('?') ? '&' : '?'}${params}`;
  return fragment === undefined ? query : `${query}#${fragment}`;
}
