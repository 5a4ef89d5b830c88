import type { JsonObject } from '../../body.js';
import type { Client } from '../store/clients.js';
import type { ClientInput } from './json.js';
import { readInformation } from './stored-fields.js';

/**
 * Fills in the fields that a request does not contain.
 *
 * @returns undefined if the merge fails on the real server, which removes null fields from a hash
 *   map while it iterates over the map. This only works if no field follows the first null field.
 */
export function mergeWithStored(input: ClientInput, client: Client): ClientInput | undefined {
  const information = mergeInformation(readInformation(client), input.information);
  if (!information) return undefined;
  const selectList = (list: readonly string[], storedList: readonly string[]) =>
    list.length > 0 ? list : storedList;
  const redirectUris = selectList(input.redirectUris ?? [], client.redirectUris);
  return {
    ...input,
    grants: selectList(input.grants, client.grants),
    scopes: selectList(input.scopes, client.scopes),
    authorities: selectList(input.authorities, client.authorities),
    redirectUris: redirectUris.length > 0 ? redirectUris : undefined,
    autoapprove: input.autoapprove ?? client.autoapprove,
    accessSeconds: input.accessSeconds ?? client.accessSeconds,
    refreshSeconds: input.refreshSeconds ?? client.refreshSeconds,
    information,
  };
}

function mergeInformation(stored: JsonObject, changes: JsonObject): JsonObject | undefined {
  const merged = { ...stored, ...changes };
  const names = Object.keys(merged);
  const firstRemoved = names.findIndex((name) => merged[name] === null);
  if (firstRemoved >= 0 && firstRemoved < names.length - 1) return undefined;
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}
