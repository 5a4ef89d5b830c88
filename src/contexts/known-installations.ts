import type { Environment } from '../config/environment.js';
import type { Settings } from '../config/settings.js';
import { apiBeside, installation, uaaBase, type Installation } from './installation.js';

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
