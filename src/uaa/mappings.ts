import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { validateNotEmpty } from '../http/resource/path-segment.js';
import { translateError } from '../http/resource/translate-error.js';
import type { Send } from '../http/send.js';
import { quoteForShell } from '../shell-quote.js';
import { createUaaApi } from './api.js';
import { createGroups, type GroupKey } from './groups.js';
import type { ListQuery } from './list/list-query.js';
import { listResources } from './list/list-resources.js';
import {
  toStoredName,
  checkNamesToMap,
  checkNamesToUnmap,
  canBeConfusedWith,
} from './mapping-names.js';

const mappingType = {
  noun: 'group mapping',
  schema: v.looseObject({
    groupId: v.string(),
    displayName: v.string(),
    externalGroup: v.string(),
    origin: v.string(),
  }),
};

/**
 * A mapping of a group at an identity provider to a group of the UAA. At each login, a user who is in
 * the external group becomes a member of the UAA group.
 * @see uaa-api, section 8.6
 */
export type Mapping = v.InferInput<typeof mappingType.schema>;

/** The two groups of a mapping. */
export interface MappingKey {
  readonly group: GroupKey;
  /** Name of the group at the identity provider, e.g. an LDAP DN. The UAA stores it in lower case. */
  readonly externalGroup: string;
  /** Key of the identity provider, case-sensitive. */
  readonly origin: string;
}

export interface MappingQuery extends Pick<ListQuery, 'start' | 'limit'> {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
}

/** Manages group mappings. Reading requires the scope `scim.read`, writing `scim.write`. */
export interface Mappings {
  readonly list: (query?: MappingQuery) => AsyncIterable<Mapping>;
  /**
   * Maps a group. Succeeds if the mapping already exists.
   * @param options.allowPermanent - also maps a name that the UAA cannot unmap later.
   * @throws {TpksError} `usage` for such a name, before anything is sent; `notFound` for an unknown group.
   */
  readonly map: (
    key: MappingKey,
    options?: { readonly allowPermanent?: boolean },
  ) => Promise<Mapping>;
  /**
   * @throws {TpksError} `usage` for a name that the UAA cannot unmap; `notFound` if the mapping does
   *   not exist; `failed` if the UAA cannot distinguish it from others.
   */
  readonly unmap: (key: MappingKey) => Promise<Mapping>;
}

export function createMappings(send: Send, uaa: string): Mappings {
  const groups = createGroups(send, uaa);
  const path = ['Groups', 'External'];
  const readApi = createUaaApi(send, uaa, 'scim.read');
  const writeApi = createUaaApi(send, uaa, 'scim.write');

  const list = ({ origin, externalGroup, ...query }: MappingQuery = {}) => {
    const parameters = {
      ...(origin === undefined ? {} : { origin }),
      ...(externalGroup === undefined ? {} : { externalGroup: toStoredName(externalGroup) }),
    };
    return listResources(mappingType, { api: readApi, path, query, parameters });
  };

  return {
    list,
    map: async ({ group, externalGroup, origin }, { allowPermanent = false } = {}) => {
      checkNamesToMap({ externalGroup, origin, allowPermanent });
      const key =
        'id' in group
          ? { groupId: validateNotEmpty(group.id, 'group id') }
          : { displayName: validateNotEmpty(group.name, 'group name') };
      const schemas = ['urn:scim:schemas:core:1.0'];
      try {
        const body = { ...key, externalGroup, origin, schemas };
        return await writeApi.write(mappingType, 'POST', path, { body });
      } catch (error) {
        if (!isAmbiguousLookup(error, externalGroup)) {
          const name = 'id' in group ? `with the id ${group.id}` : group.name;
          const message = `Group ${name} not found`;
          throw translateError(error, 'notFound', { message, hint: 'tpks uaa groups' });
        }
        // The UAA has stored the mapping, and failed only when it read the result.
        const mapping = await findMapping(list({ origin, externalGroup }), group);
        if (mapping === undefined) throw error;
        return mapping;
      }
    },
    unmap: async ({ group, externalGroup, origin }) => {
      checkNamesToUnmap({ externalGroup, origin });
      const id = await groups.findId(group);
      const names = ['groupId', id, 'externalGroup', externalGroup, 'origin', origin];
      try {
        return await writeApi.write(mappingType, 'DELETE', [...path, ...names]);
      } catch (error) {
        if (isAmbiguousLookup(error, externalGroup)) {
          throw await ambiguousMappingError(list({ origin }), {
            groupId: id,
            externalGroup,
            cause: error,
          });
        }
        const name = 'id' in group ? `the group with the id ${group.id}` : group.name;
        throw translateError(error, 'notFound', {
          message: `${externalGroup} is not mapped to ${name} for origin ${origin}`,
          hint: 'tpks uaa group mappings',
        });
      }
    },
  };
}

/**
 * Whether the UAA failed because its lookup by pattern found several mappings. The status is 500, or
 * 422 in UAA 77.
 */
function isAmbiguousLookup(error: unknown, externalGroup: string): boolean {
  if (!isTpksError(error) || !/[_%]/.test(externalGroup)) return false;
  return error.status === 422 || error.status === 500;
}

async function findMapping(
  mappings: AsyncIterable<Mapping>,
  group: GroupKey,
): Promise<Mapping | undefined> {
  for await (const mapping of mappings) {
    const isMatch =
      'id' in group ? mapping.groupId === group.id : mapping.displayName === group.name;
    if (isMatch) return mapping;
  }
  return undefined;
}

interface AmbiguousLookup {
  readonly groupId: string;
  readonly externalGroup: string;
  readonly cause: unknown;
}

async function ambiguousMappingError(
  mappings: AsyncIterable<Mapping>,
  { groupId, externalGroup, cause }: AmbiguousLookup,
): Promise<TpksError> {
  const others: string[] = [];
  for await (const mapping of mappings) {
    const { externalGroup: other } = mapping;
    if (mapping.groupId === groupId && canBeConfusedWith(externalGroup, other)) others.push(other);
  }
  return new TpksError(
    'failed',
    `The UAA cannot distinguish ${externalGroup} from other mappings`,
    {
      hint:
        "the UAA's lookup treats _ and % as wildcards; unmap these first, then map them again: " +
        others.map(quoteForShell).join(' '),
      cause,
      status: 500,
    },
  );
}
