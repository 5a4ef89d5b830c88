/**
 * Determines the redirect URI of a request.
 *
 * @param requested - null if the request does not contain one; the registered URI is then used, if
 *   there is exactly one.
 * @returns undefined if no registered URI matches.
 * @see UAA 4.30.0 `LegacyRedirectResolver`, which is also the default in later releases
 */
export function resolveRedirectUri(
  requested: string | null,
  registered: readonly string[],
): string | undefined {
  if (requested === null) return registered.length === 1 ? registered[0] : undefined;
  return registered.some((pattern) => matchesRedirectUri(pattern, requested))
    ? requested
    : undefined;
}

function matchesRedirectUri(pattern: string, requested: string): boolean {
  if (pattern === requested) return true;
  if (!URL.canParse(requested)) return false;
  if (pattern.includes('*')) {
    return createWildcardPattern(pattern).test(requested.replace(/[?#].*$/, ''));
  }
  if (!URL.canParse(pattern)) return false;
  const [registeredUrl, requestedUrl] = [new URL(pattern), new URL(requested)];
  // `URL` does not parse the parts of other schemes, so such URIs must match exactly.
  const isWeb = /^https?:$/.test(registeredUrl.protocol);
  return (
    isWeb &&
    registeredUrl.protocol === requestedUrl.protocol &&
    registeredUrl.port === requestedUrl.port &&
    (requestedUrl.hostname === registeredUrl.hostname ||
      requestedUrl.hostname.endsWith(`.${registeredUrl.hostname}`)) &&
    requestedUrl.pathname.startsWith(registeredUrl.pathname)
  );
}

/** Creates the pattern of a registered URI: `*` matches any text without a slash, `**` any text. */
function createWildcardPattern(pattern: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part.startsWith('**')) return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

/**
 * Adds the parameters of a response to a redirect URI.
 *
 * @param isInFragment - whether to add them to the fragment, which browsers do not send to servers,
 *   instead of the query.
 * @returns the URI, in which spaces are encoded as `%20`, as on the real server.
 */
export function addResponseParams(
  redirectUri: string,
  response: Readonly<Record<string, string>>,
  isInFragment: boolean,
): string {
  const params = Object.entries(response)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const [base = '', fragment] = redirectUri.split('#', 2);
  if (isInFragment) {
    return `${base}#${fragment === undefined ? '' : `${fragment}&`}${params}`;
  }
  const query = `${base}${base.includes('?') ? '&' : '?'}${params}`;
  return fragment === undefined ? query : `${query}#${fragment}`;
}
