import { TpksError } from '../errors.js';

/** Where the two servers of an installation are. */
export interface Installation {
  /** Address of the PKS API, always with its port, e.g. `https://api.example.com:9021`. */
  readonly api: string;
  /** Base URL of its UAA, e.g. `https://api.example.com:8443`, without a trailing slash. */
  readonly uaa: string;
}

const apiPort = '9021';
const uaaPort = '8443';

/**
 * @param api - as typed after `-a`: a host, with or without `https://` and a port (9021 if none).
 * @param uaaUrl - where it is not the same host on 8443.
 * @throws {TpksError} `usage`
 * @see pks-cli, section 3.1: the original accepted the UAA's port and then failed at every command
 */
export function installation(api: string, uaaUrl?: string): Installation {
  const { url, port } = parse(api, 'the API', '-a api.example.com');
  if (port === uaaPort) {
    throw new TpksError('usage', `${api} names port 8443, which is the UAA’s, not the API’s`, {
      hint: `tpks login -a ${url.hostname}, or for the UAA alone: tpks uaa target ${url.hostname}:8443`,
    });
  }
  if (url.pathname !== '/') {
    throw new TpksError('usage', `${api} has a path; the API’s address is a host and a port`, {
      hint: `tpks login -a ${url.host}`,
    });
  }
  return {
    // Also with port 443, which `URL` leaves out: without a port, the address would mean 9021.
    api: `https://${url.hostname}:${port ?? apiPort}`,
    uaa: uaaUrl === undefined ? `https://${url.hostname}:${uaaPort}` : uaaBase(uaaUrl),
  };
}

/**
 * @param uaaUrl - a host or a URL; a path is kept, no port means 443 as in any URL.
 * @returns it with its scheme, in lower case, without a trailing slash.
 * @throws {TpksError} `usage`
 */
export function uaaBase(uaaUrl: string): string {
  const { url } = parse(uaaUrl, 'the UAA', '--uaa-url https://uaa.example.com');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The API beside a UAA that stands on the usual port; elsewhere nobody knows. */
export function apiBeside(uaa: string): string | undefined {
  const { hostname, port } = new URL(uaa);
  return port === uaaPort ? `https://${hostname}:${apiPort}` : undefined;
}

/**
 * @returns the API's origin, derived where a context knows only a UAA on the usual port.
 * @throws {TpksError} `usage` when the context has no API.
 */
export function apiOf(context: {
  readonly name: string;
  readonly api?: string | undefined;
  readonly uaa: string;
}): string {
  const found = context.api ?? apiBeside(context.uaa);
  if (found !== undefined) return found;
  throw new TpksError('usage', `Context ${context.name} knows a UAA alone, no PKS API`, {
    hint: 'tpks login -a API, or choose another context: tpks contexts',
  });
}

function parse(
  typed: string,
  what: string,
  example: string,
): { readonly url: URL; readonly port: string | undefined } {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const usage = (why: string) =>
    new TpksError('usage', `${shown(typed)} is not the address of ${what}: ${why}`, {
      hint: `give it as in: ${example}`,
    });
  if (text === '') throw usage('it is empty');
  if (!URL.canParse(withScheme)) throw usage('it is not a host name or a URL');
  const url = new URL(withScheme);
  if (url.protocol !== 'https:') throw usage('only https is spoken');
  if (url.username !== '' || url.password !== '') throw usage('it must not hold credentials');
  if (url.search !== '' || url.hash !== '') throw usage('it has a query');
  // URL forgets a port that is the scheme's own, yet `:443` was a choice.
  const port = /^https:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(withScheme)?.[1];
  return { url, port };
}

/** Whoever writes credentials into an address does not want to see them again. */
function shown(typed: string): string {
  return JSON.stringify(typed.replace(/\/\/.*@/, '//•••@'));
}
