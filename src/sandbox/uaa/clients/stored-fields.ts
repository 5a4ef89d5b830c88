import { statusError } from '../errors.js';
import { omitMembers, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import type { ClientInput } from './json.js';

/** Maximum lengths of the real server's database columns, in characters. */
const maxLengths = {
  id: 255,
  grants: 256,
  redirectUris: 1024,
  autoapprove: 1024,
  requiredUserGroups: 1024,
  information: 4096,
} as const;

/**
 * Converts a validated client to the fields that are stored. The real server stores a list as
 * comma-separated text, so a word that contains a comma becomes two words.
 *
 * @throws ErrorResponse 500 if a value cannot be stored.
 */
export function toStoredFields(request: SandboxRequest, input: ClientInput) {
  const { required_user_groups: groups } = input.information;
  const checkLength = (name: keyof typeof maxLengths, text: string) => {
    if (text.length > maxLengths[name]) throw statusError(request, 500);
  };
  const storeList = (name: 'grants' | 'redirectUris' | 'requiredUserGroups', list: Words) => {
    checkLength(name, list.join());
    return splitStoredList(list);
  };
  const autoapprove = resolveAutoapprove(request, input);
  checkLength('autoapprove', autoapprove.join());
  const information = omitMembers(input.information, ['required_user_groups', 'lastModified']);
  checkLength('information', JSON.stringify(information));
  if (input.id === undefined) throw statusError(request, 500);
  checkLength('id', input.id);
  return {
    id: input.id,
    grants: storeList('grants', input.grants),
    scopes: splitStoredList(input.scopes),
    authorities: splitStoredList(input.authorities)
      .map((authority) => authority.trim())
      .filter((authority) => authority !== ''),
    redirectUris: storeList('redirectUris', input.redirectUris ?? []),
    autoapprove,
    accessSeconds: input.accessSeconds,
    refreshSeconds: input.refreshSeconds,
    requiredUserGroups: storeList('requiredUserGroups', parseUserGroups(request, groups)),
    information,
  };
}

type Words = readonly string[];

function splitStoredList(words: Words): Words {
  const text = words.join();
  return text.trim() === '' ? [] : [...new Set(text.split(','))];
}

/** Finds the client's scopes that match the regular expressions. */
function resolveAutoapprove(
  request: SandboxRequest,
  { scopes, autoapprove = [] }: ClientInput,
): Words {
  const patterns = autoapprove.map((pattern) => createPattern(request, pattern));
  const isApproved = (scope: string) => patterns.some((pattern) => pattern.test(scope));
  if (isApproved('true')) return ['true'];
  return splitStoredList(scopes.filter(isApproved));
}

function createPattern(request: SandboxRequest, pattern: string | null): RegExp {
  if (pattern === null) throw statusError(request, 500);
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw statusError(request, 500);
  }
}

/** Parses `required_user_groups`, the only additional field whose type the real server checks. */
function parseUserGroups(request: SandboxRequest, value: unknown): Words {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  throw statusError(request, 500);
}

/** Returns the additional fields of a stored client as the real server loads them. */
export function readInformation(client: {
  readonly information: JsonObject;
  readonly requiredUserGroups: Words;
  readonly modifiedAt: number;
}): JsonObject {
  return {
    ...client.information,
    lastModified: client.modifiedAt,
    required_user_groups: client.requiredUserGroups,
  };
}
