import type { Settings } from '../config/settings.js';
import { apiBeside, installation, uaaBase, type Installation } from '../auth/installation.js';

/** Pairs of an API and its UAA that the user has confirmed, by a login or in the environment. */
export type KnownInstallations = readonly Installation[];

/** The installations that the contexts belong to. */
export function storedInstallations({ contexts }: Settings): KnownInstallations {
  return Object.values(contexts).flatMap(({ api, uaa }) => {
    const found = api ?? apiBeside(uaa);
    return found === undefined ? [] : [{ api: found, uaa }];
  });
}

/**
 * The installation that the environment names completely: none or one.
 * @throws {TpksError} `usage` for a value that is not an address.
 */
export function environmentInstallations(
  env: NodeJS.ProcessEnv,
  stored: KnownInstallations,
): KnownInstallations {
  const { TPKS_API: api, TPKS_UAA_URL: uaaUrl } = env;
  if (!api || !uaaUrl) return [];
  const pair = { api: installation(api).api, uaa: uaaBase(uaaUrl) };
  return canStandTogether(pair, stored) ? [pair] : [];
}

/**
 * Whether two addresses that one source names together (two flags, or two variables) can be
 * accepted. A new address for either server is fine; two servers that are both known, but never
 * with each other, are two installations.
 */
export function canStandTogether(pair: Installation, known: KnownInstallations): boolean {
  if (isKnown(pair, known)) return true;
  return !(known.some(({ api }) => api === pair.api) && known.some(({ uaa }) => uaa === pair.uaa));
}

/**
 * Whether two addresses that come from different sources can be accepted. Nothing says that they
 * belong together, so what is known of either server must not contradict it.
 */
export function canBeCombined(pair: Installation, known: KnownInstallations): boolean {
  const { api, uaa } = pair;
  if (isKnown(pair, known) || uaa === usualUaa(api)) return true;
  if (known.some((each) => each.api === api || each.uaa === uaa)) return false;
  // Both are on the usual ports of different hosts: each host has a server of the other kind, too.
  return apiBeside(uaa) === undefined || !isOnUsualPort(api);
}

/** The UAAs that are known to issue the tokens of an API, each once. */
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
