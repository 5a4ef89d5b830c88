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
