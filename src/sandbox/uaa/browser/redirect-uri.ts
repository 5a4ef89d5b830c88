import { matchesUriPattern } from './uri-pattern.js';
import type { Client } from '../store/clients.js';

/** Why a redirect URI is rejected. */
export class RedirectUriError extends Error {
  /** False if the URI is rejected because none of the client's grants uses redirect URIs. */
  readonly isMismatch: boolean;

  constructor(message: string, isMismatch = true) {
    super(message);
    this.isMismatch = isMismatch;
  }
}

/** The redirect URI makes the real server fail with an internal error. */
export class InvalidUriError extends Error {}

/**
 * Determines the redirect URI of a request.
 *
 * @param requested - null if the request does not contain one; the registered URI is then used, if
 *   there is exactly one.
 * @throws RedirectUriError if no registered URI matches.
 * @throws InvalidUriError if the URI has no host, but the client's redirect URIs have wildcards.
 * @see UAA 4.30.0 `AntPathRedirectResolver`, Spring Security OAuth 2.3.0 `DefaultRedirectResolver`
 */
export function resolveRedirectUri(
  requested: string | null,
  { redirectUris, grants }: Pick<Client, 'redirectUris' | 'grants'>,
): string {
  const mismatch = new RedirectUriError(
    `Invalid redirect ${requested ?? 'null'} did not match one of the registered values`,
  );
  if (redirectUris.length === 0 || !redirectUris.every(isRegistrable)) throw mismatch;
  if (!grants.some((grant) => ['implicit', 'authorization_code'].includes(grant))) {
    throw new RedirectUriError(
      'A redirect_uri can only be used by implicit or authorization_code grant types.',
      false,
    );
  }
  const [first] = redirectUris;
  if (requested === null && redirectUris.length === 1 && first !== undefined) return first;
  if (requested === null || !redirectUris.some((uri) => matchesRedirectUri(uri, requested))) {
    throw mismatch;
  }
  return requested;
}

/**
 * Whether a registered URI has a valid form. If one URI of a client does not, the real server
 * rejects all of the client's URIs.
 */
function isRegistrable(uri: string): boolean {
  return /^[a-z][a-z0-9+*\-.]*:\/\/(.*:.*@)?(([a-z0-9\-*_]+\.)*[a-z0-9\-_]+\.)?[a-z0-9-]+(:\d+)?(\/.*|$)/i.test(
    uri,
  );
}

function matchesRedirectUri(registered: string, requested: string): boolean {
  if (/[\s"<>\\^`{|}]/.test(requested)) return false;
  if (
    registered.includes('*') &&
    hasSafeHost(registered, requested) &&
    matchesUriPattern(registered, requested)
  ) {
    return true;
  }
  const [own, other] = [parseUrl(registered), parseUrl(requested)];
  if (!own || !other) return requested === registered;
  return (
    own.scheme === other.scheme &&
    (own.host === other.host || other.host.endsWith(`.${own.host}`)) &&
    own.port === other.port &&
    cleanPath(other.path).startsWith(cleanPath(own.path))
  );
}

/** Compares the labels of the hosts, starting with the last one, up to a label with a wildcard. */
function hasSafeHost(registered: string, requested: string): boolean {
  const own = readHost(registered).split('.').toReversed();
  const host = requested.includes('://') ? readHost(requested) : '';
  if (host === '') throw new InvalidUriError('The redirect URI has no host');
  const other = host.split('.').toReversed();
  if (other.length < own.length) return false;
  const wildcard = own.findIndex((label) => label.includes('*'));
  const labels = wildcard < 0 ? own : own.slice(0, wildcard);
  return labels.every((label, index) => label === other[index]);
}

function readHost(uri: string): string {
  const authority = /^[^:/?#]+:\/\/([^/?#]*)/.exec(uri)?.[1] ?? '';
  return authority.replace(/^.*@/, '').replace(/:.*$/, '');
}

interface JavaUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/**
 * Parses a URL like Java's `URL`, which does not change the case of the host.
 *
 * @returns undefined if Java does not support the scheme.
 */
function parseUrl(text: string): JavaUrl | undefined {
  const [, scheme = '', authority = '', path = ''] =
    /^\s*([a-z]+):(?:\/\/([^/?#]*))?([^?#]*)/i.exec(text) ?? [];
  const defaultPort = defaultPorts[scheme.toLowerCase()];
  if (defaultPort === undefined) return undefined;
  const [, host = '', port] = /^(.*?)(?::(\d*))?$/.exec(authority.replace(/^.*@/, '')) ?? [];
  return {
    scheme: scheme.toLowerCase(),
    host,
    port: port === undefined || port === '' ? defaultPort : Number(port),
    path,
  };
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21, file: -1 };

/** Removes `.` and `..` segments. */
function cleanPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..' && segments.length > 1) segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

/** Encodes a value of a response like Spring's `encodeQueryParam`. */
function encodeResponseValue(value: string): string {
  return encodeURIComponent(value).replace(/%(?:2F|3F|3A|40|21|24|27|28|29|2A|2B|2C|3B)/g, (code) =>
    decodeURIComponent(code),
  );
}

/** Formats the parameters of a response. */
export function formatResponse(response: Readonly<Record<string, string>>): string {
  return Object.entries(response)
    .map(([name, value]) => `${name}=${encodeResponseValue(value)}`)
    .join('&');
}

/** Adds a query to a redirect URI, before its fragment. */
export function addQuery(redirectUri: string, query: string): string {
  const [base, fragment] = splitFragment(redirectUri);
  const separator = base.includes('?') ? '&' : '?';
  return `${base}${separator}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** Adds text to the fragment of a redirect URI, which browsers do not send to servers. */
export function addFragment(redirectUri: string, text: string): string {
  const [base, fragment] = splitFragment(redirectUri);
  return `${base}#${fragment === undefined || fragment === '' ? '' : `${fragment}&`}${text}`;
}

/** Replaces the fragment of a redirect URI. */
export function replaceFragment(redirectUri: string, fragment: string): string {
  return `${splitFragment(redirectUri)[0]}#${fragment}`;
}

function splitFragment(uri: string): readonly [string, string | undefined] {
  const index = uri.indexOf('#');
  return index < 0 ? [uri, undefined] : [uri.slice(0, index), uri.slice(index + 1)];
}

/**
 * Checks that a response can be added to a redirect URI: it must not contain characters that have
 * to be encoded.
 *
 * @throws InvalidUriError
 */
export function checkEncoding(redirectUri: string): void {
  if (/^[!#$%&'()*+,\-./:;=?@\w~[\]]*$/.test(redirectUri)) return;
  throw new InvalidUriError('The redirect URI is not encoded');
}
