import { TpksError } from '../../base/errors.js';
import { defaultPorts, hostOf } from '../../base/pks-conventions.js';
import type { Settings } from '../../platform/config/settings.js';

export interface Installation {
  /** Address of the PKS API, always with its port, e.g. `https://api.example.com:9021`. */
  readonly api: string;
  /** Base URL of its UAA, e.g. `https://api.example.com:8443`, without a trailing slash. */
  readonly uaa: string;
  /** Whether the UAA is only assumed to be on the default port of the API's host. */
  readonly isUaaGuessed?: boolean | undefined;
}

/**
 * Parses the address of an API. Rejects the UAA's port: the original CLI accepts it, but then every command fails.
 * @param api - as typed after `-a`: a host, with or without `https://` and a port (default 9021).
 * @param uaaUrl - needed if the UAA is not on port 8443 of the same host.
 * @throws {TpksError} `usage`
 * @see docs/contributing/servers/pks-cli.md#login
 */
export function parseInstallation(api: string, uaaUrl?: string): Installation {
  const { url, port } = parseAddress(api, 'the API', '-a api.example.com');
  if (port === defaultPorts.uaa) {
    throw new TpksError(
      'usage',
      `${api} has port ${defaultPorts.uaa}, which is the default port of the UAA, not of the API`,
      {
        hint: `omit the port: tpks login -a ${url.hostname}\nor use only the UAA: tpks uaa target ${url.hostname}:${defaultPorts.uaa}`,
      },
    );
  }
  if (url.pathname !== '/') {
    throw new TpksError(
      'usage',
      `${api} has a path, but the address of the API is a host and a port`,
      {
        hint: `omit the path: tpks login -a ${url.hostname}${port === undefined ? '' : `:${port}`}`,
      },
    );
  }
  return {
    // The port is always included. `URL` omits 443, but an address without a port means 9021.
    api: `https://${url.hostname}:${port ?? defaultPorts.api}`,
    uaa:
      uaaUrl === undefined
        ? `https://${url.hostname}:${defaultPorts.uaa}`
        : normalizeUaaUrl(uaaUrl),
  };
}

/** Formats the address of an API as users type it: without the scheme, and without the default port. */
export function formatApi(api: string): string {
  return hostOf(api).replace(new RegExp(`:${defaultPorts.api}$`), '');
}

export function formatInstallationOptions({ api, uaa }: Installation): string {
  const { hostname } = new URL(api);
  const defaults = parseInstallation(hostname);
  const isDefaultInstallation = api === defaults.api && uaa === defaults.uaa;
  return isDefaultInstallation ? `-a ${hostname}` : `-a ${api} --uaa-url ${uaa}`;
}

/**
 * Replaces the host of the API or the UAA, whichever the URL belongs to. If the UAA is at the default address for
 * its API, replaces both.
 * @param url - any URL at the API or the UAA.
 */
export function withHost<T extends { readonly api?: string | undefined; readonly uaa: string }>(
  installation: T,
  url: string,
  host: string,
): T {
  const { api, uaa } = installation;
  const { origin } = new URL(url);
  const replaceHost = (address: string) => address.replace(new URL(address).hostname, () => host);
  const isAt = (address: string) => new URL(address).origin === origin;
  if (api === undefined) return { ...installation, uaa: replaceHost(uaa) };
  const isUaaAtDefault = uaa === defaultUaaOf(api);
  return {
    ...installation,
    api: isUaaAtDefault || isAt(api) ? replaceHost(api) : api,
    uaa: isUaaAtDefault || isAt(uaa) ? replaceHost(uaa) : uaa,
  };
}

/**
 * @param uaaUrl - a host or a URL, which may have a path. The default port is 443, as in any URL.
 * @returns the URL with a lower-case host, without a trailing slash. @throws {TpksError} `usage`
 */
export function normalizeUaaUrl(uaaUrl: string): string {
  const { url } = parseAddress(uaaUrl, 'the UAA', '--uaa-url https://uaa.example.com');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** @returns the API on the same host; `undefined` if the UAA is not on the default port. */
export function defaultApiOf(uaa: string): string | undefined {
  const { hostname, port } = new URL(uaa);
  return port === defaultPorts.uaa ? `https://${hostname}:${defaultPorts.api}` : undefined;
}

/** @returns the origin of a context's API, or else port 9021 on the host of its UAA. */
export function apiOf({ api, uaa }: { readonly api?: string | undefined; readonly uaa: string }) {
  return api ?? `https://${new URL(uaa).hostname}:${defaultPorts.api}`;
}

/** Installations that the user confirmed, with a login or in the environment. */
export type KnownInstallations = readonly Installation[];

/** Lists the installations of the stored contexts whose API has been checked. */
export function listStoredInstallations({ contexts }: Settings): KnownInstallations {
  return Object.values(contexts).flatMap(({ api, uaa }) =>
    api === undefined ? [] : [{ api, uaa }],
  );
}

/** For addresses from the same source: if both are known, they must be known as a pair. */
export function isConsistentPair(pair: Installation, known: KnownInstallations): boolean {
  if (isKnown(pair, known)) return true;
  return !(known.some(({ api }) => api === pair.api) && known.some(({ uaa }) => uaa === pair.uaa));
}

/** For addresses from different sources: neither may be known as part of another installation. */
export function canBeCombined(pair: Installation, known: KnownInstallations): boolean {
  const { api, uaa } = pair;
  if (isKnown(pair, known) || uaa === defaultUaaOf(api)) return true;
  if (known.some((each) => each.api === api || each.uaa === uaa)) return false;
  // Two hosts on the default ports are two installations, each with its own API and UAA.
  return defaultApiOf(uaa) === undefined || !isOnDefaultPort(api);
}

export function findUaas(api: string, known: KnownInstallations): readonly string[] {
  return [...new Set(known.filter((each) => each.api === api).map(({ uaa }) => uaa))];
}

/** @returns `undefined` for an unknown UAA that is not on the default port. */
export function findApi(uaa: string, known: KnownInstallations): string | undefined {
  return known.find((each) => each.uaa === uaa)?.api ?? defaultApiOf(uaa);
}

/** @returns the UAA on the same host and the default port. */
export function defaultUaaOf(api: string): string {
  return parseInstallation(api).uaa;
}

function isKnown(pair: Installation, known: KnownInstallations): boolean {
  return known.some(({ api, uaa }) => api === pair.api && uaa === pair.uaa);
}

function isOnDefaultPort(api: string): boolean {
  return defaultApiOf(defaultUaaOf(api)) === api;
}

function parseAddress(
  typed: string,
  what: string,
  example: string,
): { readonly url: URL; readonly port: string | undefined } {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const usage = (why: string) =>
    new TpksError('usage', `${quoteAddress(typed)} is not the address of ${what}: ${why}`, {
      hint: `for example: ${example}`,
    });
  if (text === '') throw usage('it is empty');
  if (!URL.canParse(withScheme)) throw usage('it is not a hostname or a URL');
  const url = new URL(withScheme);
  if (url.protocol !== 'https:') throw usage('only https is supported');
  if (url.username !== '' || url.password !== '') throw usage('it must not contain credentials');
  if (url.search !== '' || url.hash !== '') throw usage('it has a query');
  // `URL` drops `:443`, which must be kept.
  const port = /^https:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(withScheme)?.[1];
  return { url, port };
}

function quoteAddress(typed: string): string {
  return JSON.stringify(hideCredentials(typed));
}

/** Hides the credentials in a URL, which may be invalid. */
export function hideCredentials(url: string): string {
  return url.replace(/\/\/.*@/, '//•••@');
}
