import type { Client } from '../store/identities.js';

/**
 * Determines the redirect URI of an authorization request.
 * @param requested - null if the request does not contain one; the registered URI is then used, if
 *   there is exactly one.
 * @returns the URI, or why it is rejected.
 * @see UAA 77 `LegacyRedirectResolver`
 */
export function resolveRedirectUri(
  requested: string | null,
  { redirectUris, grants }: Pick<Client, 'redirectUris' | 'grants'>,
): { readonly uri: string } | { readonly problem: string } {
  if (!grants.some((grant) => grant === 'implicit' || grant === 'authorization_code')) {
    const grantNames = 'implicit or authorization_code';
    return { problem: `A redirect_uri can only be used by ${grantNames} grant types.` };
  }
  const [first] = redirectUris;
  if (requested === null && first !== undefined && redirectUris.length === 1) return { uri: first };
  if (requested !== null && redirectUris.some((uri) => matchesRedirectUri(uri, requested))) {
    return { uri: requested };
  }
  const name = requested ?? 'null';
  return { problem: `Invalid redirect ${name} did not match one of the registered values` };
}

/**
 * Whether a URI matches a registered URI. A registered URI without wildcards matches URIs with the same
 * scheme and port, the same host or a subdomain of it, and a path that starts with the registered path.
 * If the scheme is not HTTP or HTTPS, the URIs must be equal.
 */
function matchesRedirectUri(registered: string, requested: string): boolean {
  const base = parseUri(registered);
  const uri = parseUri(requested);
  if (!base || !uri) return false;
  if (registered.includes('*')) {
    // The wildcard for a port also matches a URI without a port.
    const pattern = uri.port === '' ? base.text.replace(':*', '') : base.text;
    return hasSafeHost(base.host, uri.host) && matchesUriPattern(pattern, uri.text);
  }
  if (!base.scheme.startsWith('http')) return base.text === uri.text;
  return (
    base.scheme === uri.scheme &&
    (base.host === uri.host || uri.host.endsWith(`.${base.host}`)) &&
    base.port === uri.port &&
    uri.path.startsWith(base.path)
  );
}

/** Parses a URI, which may contain wildcards, and normalizes it; undefined if it is invalid. */
function parseUri(uri: string) {
  if (/[\s"<>\\^`{|}]/.test(uri)) return undefined;
  const [, scheme, user = '', host, port = '', path = '', rest = ''] =
    /^([a-z][\w+.*-]*):\/\/([^/?#]*@)?([^/?#:]+)(?::(\d+|\*))?(\/[^?#]*)?([?#].*)?$/i.exec(uri) ??
    [];
  const decodedPath = normalizePath(path);
  if (scheme === undefined || host === undefined || decodedPath === undefined) return undefined;
  const isDefaultPort = port === { http: '80', https: '443' }[scheme.toLowerCase()];
  const parts = {
    scheme: scheme.toLowerCase(),
    host: host.toLowerCase(),
    port: isDefaultPort ? '' : port,
    path: decodedPath,
  };
  const address = `${parts.host}${port === '' ? '' : `:${port}`}`;
  return { ...parts, text: `${parts.scheme}://${user}${address}${decodedPath}${rest}` };
}

/** Percent-decodes a path and removes its `.` and `..` segments; undefined if it is invalid. */
function normalizePath(path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..' && segments.length > 1) segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

/** Compares the labels of the hosts, starting with the last one, up to a label with a wildcard. */
function hasSafeHost(registered: string, requested: string): boolean {
  const expected = registered.split('.').toReversed();
  const actual = requested.split('.').toReversed();
  const wildcard = expected.findIndex((label) => label.includes('*'));
  const labels = wildcard < 0 ? expected : expected.slice(0, wildcard);
  return (
    actual.length >= expected.length && labels.every((label, index) => label === actual[index])
  );
}

/**
 * Whether a URI matches a pattern, in which `*` matches a part of a path segment, and `**` any
 * number of segments.
 */
export function matchesUriPattern(pattern: string, uri: string): boolean {
  const parts = pattern.split(/(\/\*\*$|\*\*|\*)/).map((part) => {
    if (part === '/**') return '(/.*)?';
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(uri);
}

/**
 * Adds the parameters of a response to a redirect URI.
 * @param place - browsers do not send a fragment to the server of the redirect URI.
 */
export function addParameters(
  redirectUri: string,
  place: 'query' | 'fragment',
  parameters: Readonly<Record<string, string>>,
): string {
  const [base = '', fragment = ''] = redirectUri.split('#', 2);
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  if (place === 'fragment') return `${base}#${fragment === '' ? '' : `${fragment}&`}${text}`;
  const query = `${base}${base.includes('?') ? '&' : '?'}${text}`;
  return fragment === '' ? query : `${query}#${fragment}`;
}
