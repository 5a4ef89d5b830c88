/**
 * A redirect URI with an answer added to what is in it already.
 *
 * @param isInFragment - where browsers keep it to themselves; else in the query.
 * @returns percent-encoded as the real server does it: a blank is `%20`.
 */
export function withAnswer(
  redirect: string,
  answer: Readonly<Record<string, string>>,
  isInFragment: boolean,
): string {
  const said = Object.entries(answer)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const [base = '', fragment] = redirect.split('#', 2);
  if (isInFragment) {
    return `${base}#${fragment === undefined ? '' : `${fragment}&`}${said}`;
  }
  const query = `${base}${base.includes('?') ? '&' : '?'}${said}`;
  return fragment === undefined ? query : `${query}#${fragment}`;
}
