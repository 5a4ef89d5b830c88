import * as v from 'valibot';
import { TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import { validateNotEmpty, validateSegment } from '../client/api-client.js';
import { translateError, translateNotFound } from '../client/api-error.js';
import { createGroups, type GroupKey } from './groups.js';
import { type ListQuery, listResources } from './list-resources.js';
import { describeUaaPathProblem, createUaaApi } from './uaa-api.js';

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
 * A mapping of a group at an identity provider to a group of the UAA. At each login, the UAA adds users of the
 * external group to its own group.
 * @see docs/contributing/servers/uaa.md#mappings
 */
export type Mapping = v.InferInput<typeof mappingType.schema>;

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

export type Mappings = ReturnType<typeof createMappings>;

/** Manages group mappings. Reading requires the scope `scim.read`, writing `scim.write`. */
export function createMappings(send: Send, uaa: string) {
  const groups = createGroups(send, uaa);
  const path = ['Groups', 'External'];
  const api = createUaaApi(send, uaa);

  const list = ({ origin, externalGroup, ...query }: MappingQuery = {}) => {
    const parameters = {
      ...(origin === undefined ? {} : { origin }),
      ...(externalGroup === undefined ? {} : { externalGroup: toStoredName(externalGroup) }),
    };
    return listResources(mappingType, { api, path, query, parameters });
  };

  return {
    list,
    /** Reads all mappings, because the UAA cannot list them for selected groups. */
    listAll: () => listResources(mappingType, { api, path }),
    /**
     * Maps a group, unless it is mapped already.
     * @param options.allowPermanent - also maps a name that the UAA cannot unmap later.
     * @throws {TpksError} `usage` for a name that cannot be unmapped later, before anything is sent; `notFound` for
     *   an unknown group.
     */
    map: async (
      { group, externalGroup, origin }: MappingKey,
      { allowPermanent = false }: { readonly allowPermanent?: boolean } = {},
    ) => {
      checkNamesToMap({ externalGroup, origin, allowPermanent });
      const key =
        'id' in group
          ? { groupId: validateNotEmpty(group.id, 'group id') }
          : { displayName: validateNotEmpty(group.name, 'group name') };
      const schemas = ['urn:scim:schemas:core:1.0'];
      const body = { ...key, externalGroup, origin, schemas };
      const name = `Group ${describeGroup(group)}`;
      return translateNotFound(
        api.write(mappingType, 'POST', path, { body }),
        name,
        'tpks uaa groups',
      );
    },
    /** @throws {TpksError} `usage` for a name that cannot be unmapped; `notFound`. */
    unmap: async ({ group, externalGroup, origin }: MappingKey) => {
      checkNamesToUnmap({ externalGroup, origin });
      const id = await groups.findId(group);
      const names = ['groupId', id, 'externalGroup', externalGroup, 'origin', origin];
      try {
        return await api.write(mappingType, 'DELETE', [...path, ...names]);
      } catch (error) {
        const name = 'id' in group ? `the group ${describeGroup(group)}` : group.name;
        throw translateError(error, 'notFound', {
          message: `${externalGroup} is not mapped to ${name} for origin ${origin}`,
          hint: 'tpks uaa group mappings',
        });
      }
    },
  };
}

function describeGroup(key: GroupKey): string {
  return 'id' in key ? `with the id ${key.id}` : key.name;
}

/** The two names in a mapping that the UAA does not validate. */
export interface MappingNames {
  readonly externalGroup: string;
  readonly origin: string;
}

/** Sizes of the UAA's database columns. If a name is longer, the UAA returns an SQL error. */
const maximumExternalGroupLength = 255;
const maximumOriginLength = 36;

/** @throws {TpksError} `usage` if the UAA cannot map a name or, without `allowPermanent`, unmap it later. */
export function checkNamesToMap(names: MappingNames & { readonly allowPermanent: boolean }): void {
  const { externalGroup, origin, allowPermanent } = names;
  if (externalGroup.length > maximumExternalGroupLength) {
    throw tooLongError('name of the external group', maximumExternalGroupLength);
  }
  if (origin.length > maximumOriginLength) throw tooLongError('origin', maximumOriginLength);
  const rejected = findRejectedPart(names);
  if (rejected === undefined || allowPermanent) return;
  throw new TpksError(
    'usage',
    `The name contains ${rejected}: the UAA could map it but not unmap it later`,
    {
      hint:
        'use another name, or --force to map it anyway (to remove the mapping, you then have to delete ' +
        'the group); nothing was sent',
    },
  );
}

/** Checks that the UAA can unmap a name. @throws {TpksError} `usage` */
export function checkNamesToUnmap(names: MappingNames): void {
  validateSegment(names.externalGroup, 'name of the external group');
  validateSegment(names.origin, 'origin');
  const rejected = findRejectedPart(names);
  if (rejected === undefined) return;
  throw new TpksError('usage', `The UAA cannot unmap a name that contains ${rejected}`, {
    hint:
      'to remove the mapping, delete the group and create it again with its members and other ' +
      'mappings: tpks uaa group delete; nothing was sent',
  });
}

/** The name of an external group as the UAA stores it. @see docs/contributing/servers/uaa.md#mappings */
function toStoredName(externalGroup: string): string {
  return externalGroup.trim().toLowerCase();
}

function findRejectedPart({ externalGroup, origin }: MappingNames): string | undefined {
  return describeUaaPathProblem(externalGroup) ?? describeUaaPathProblem(origin);
}

function tooLongError(what: string, maximumLength: number): TpksError {
  return new TpksError('usage', `The ${what} is longer than ${String(maximumLength)} characters`, {
    hint: 'use a shorter one; nothing was sent',
  });
}
