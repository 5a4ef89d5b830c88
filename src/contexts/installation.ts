import type { Environment } from '../config/environment.js';
import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';

/** The addresses of the two servers of an installation. */
export interface Installation {
  /** Address of the PKS API, always with its port, e.g. `https://api.example.com:9021`. */
  readonly api: string;
  /** Base URL of its UAA, e.g. `https://api.example.com:8443`, without a trailing slash. */
  readonly uaa: string;
}

const apiPort = '9021';
const uaaPort = '8443';

/**
 * @param api - as typed after `-a`: a host, with or without `https://` and a port (default 9021).
 * @param uaaUrl - if the UAA is not the same host on 8443.
 * @throws {TpksError} `usage`
 * @see pks-cli, section 3.1: the original accepted the UAA's port and then failed at every command
 */
export function installation(api: string, uaaUrl?: string): Installation {
  const { url, port } = parse(api, 'the API', '-a api.example.com');
  if (port === uaaPort) {
    throw new TpksError(
      'usage',
      `${api} has port 8443, which is the port of the UAA, not of the API`,
      {
        hint: `tpks login -a ${url.hostname}, or only for the UAA: tpks uaa target ${url.hostname}:8443`,
      },
    );
  }
  if (url.pathname !== '/') {
    throw new TpksError(
      'usage',
      `${api} has a path, but the address of the API is a host and a port`,
      {
        hint: `tpks login -a ${url.host}`,
      },
    );
  }
  return {
    // Also with port 443, which `URL` leaves out: without a port, the address would mean 9021.
    api: `https://${url.hostname}:${port ?? apiPort}`,
    uaa: uaaUrl === undefined ? `https://${url.hostname}:${uaaPort}` : uaaBase(uaaUrl),
  };
}

/** The options of `tpks login` that name an installation. */
export function installationOptions({ api, uaa }: Installation): string {
  const { hostname } = new URL(api);
  const usual = installation(hostname);
  const isUsual = api === usual.api && uaa === usual.uaa;
  return isUsual ? `-a ${hostname}` : `-a ${api} --uaa-url ${uaa}`;
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

/** The API on the host of a UAA; `undefined` if the UAA is not on the usual port. */
export function apiBeside(uaa: string): string | undefined {
  const { hostname, port } = new URL(uaa);
  return port === uaaPort ? `https://${hostname}:${apiPort}` : undefined;
}

/**
 * @returns the origin of the context's API, or of the API beside its UAA.
 * @throws {TpksError} `usage` if the context has no API.
 */
export function apiOf(context: {
  readonly name: string;
  readonly api?: string | undefined;
  readonly uaa: string;
}): string {
  const found = context.api ?? apiBeside(context.uaa);
  if (found !== undefined) return found;
  throw new TpksError('usage', `Context ${context.name} has only a UAA and no PKS API`, {
    hint: 'tpks login -a API, or choose another context: tpks contexts',
  });
}

/** Pairs of an API and its UAA that the user confirmed, with a login or in the environment. */
export type KnownInstallations = readonly Installation[];

/** The installations that the contexts belong to. */
export function storedInstallations({ contexts }: Settings): KnownInstallations {
  return Object.values(contexts).flatMap(({ api, uaa }) => {
    const found = api ?? apiBeside(uaa);
    return found === undefined ? [] : [{ api: found, uaa }];
  });
}

/**
 * The installation whose API and UAA are both in the environment: none or one.
 * @throws {TpksError} `usage` for a value that is not an address.
 */
export function environmentInstallations(
  env: Environment,
  stored: KnownInstallations,
): KnownInstallations {
  const { TPKS_API: api, TPKS_UAA_URL: uaaUrl } = env;
  if (!api || !uaaUrl) return [];
  const pair = { api: installation(api).api, uaa: uaaBase(uaaUrl) };
  return canStandTogether(pair, stored) ? [pair] : [];
}

/**
 * Whether two addresses from the same source (two flags, or two variables) can be accepted. One of
 * them may be new; two servers that are both known, but not as a pair, are two installations.
 */
export function canStandTogether(pair: Installation, known: KnownInstallations): boolean {
  if (isKnown(pair, known)) return true;
  return !(known.some(({ api }) => api === pair.api) && known.some(({ uaa }) => uaa === pair.uaa));
}

/**
 * Whether two addresses from different sources can be accepted. The user did not state that they
 * belong together, so nothing known about either server may contradict it.
 */
export function canBeCombined(pair: Installation, known: KnownInstallations): boolean {
  const { api, uaa } = pair;
  if (isKnown(pair, known) || uaa === usualUaa(api)) return true;
  if (known.some((each) => each.api === api || each.uaa === uaa)) return false;
  // On the usual ports of two hosts they are two installations: each host has an API and a UAA.
  return apiBeside(uaa) === undefined || !isOnUsualPort(api);
}

/** The UAAs known to issue tokens for an API, without duplicates. */
export function uaasOfApi(api: string, known: KnownInstallations): readonly string[] {
  return [...new Set(known.filter((each) => each.api === api).map(({ uaa }) => uaa))];
}

/** @returns `undefined` for an unknown UAA that is not on the usual port. */
export function apiOfUaa(uaa: string, known: KnownInstallations): string | undefined {
  return known.find((each) => each.uaa === uaa)?.api ?? apiBeside(uaa);
}

/** The UAA of an unknown API: the same host on the usual port. */
export function usualUaa(api: string): string {
  return installation(api).uaa;
}

function isKnown(pair: Installation, known: KnownInstallations): boolean {
  return known.some(({ api, uaa }) => api === pair.api && uaa === pair.uaa);
}

function isOnUsualPort(api: string): boolean {
  return apiBeside(usualUaa(api)) === api;
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
      hint: `write it as in ${example}`,
    });
  if (text === '') throw usage('it is empty');
  if (!URL.canParse(withScheme)) throw usage('it is not a host name or a URL');
  const url = new URL(withScheme);
  if (url.protocol !== 'https:') throw usage('only https is supported');
  if (url.username !== '' || url.password !== '') throw usage('it must not contain credentials');
  if (url.search !== '' || url.hash !== '') throw usage('it has a query');
  // `URL` drops the default port of the scheme, but `:443` must be kept.
  const port = /^https:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/i.exec(withScheme)?.[1];
  return { url, port };
}

/** Hides credentials in an address. */
function shown(typed: string): string {
  return JSON.stringify(typed.replace(/\/\/.*@/, '//•••@'));
}
