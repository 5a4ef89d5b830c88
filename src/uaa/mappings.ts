import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { validateNotEmpty } from '../http/resource/path-segment.js';
import { translateError } from '../http/resource/translate-error.js';
import type { Send } from '../http/send.js';
import { quoteForShell } from '../shell-quote.js';
import { createUaaApi } from './api.js';
import { createGroups, type GroupKey } from './groups.js';
import { listResources } from './list/list-resources.js';
import { asStored, checkMappable, checkUnmappable, isMistakable } from './mapping-names.js';

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
 * A user who is in a group at an identity provider becomes a member of this group of the UAA at each
 * login there.
 * @see uaa-api, section 8.6
 */
export type Mapping = v.InferInput<typeof mappingType.schema>;

/** The two groups of a mapping. */
export interface Joint {
  readonly group: GroupKey;
  /** Its name at the identity provider, e.g. an LDAP DN; the UAA stores it in lower case. */
  readonly externalGroup: string;
  /** Key of the identity provider, case-sensitive. */
  readonly origin: string;
}

export interface MappingQuery {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
  /** 1 is the first. */
  readonly start?: number | undefined;
  readonly limit?: number | undefined;
}

/** Mappings of groups. Reading needs the scope `scim.read`, writing `scim.write`. */
export interface Mappings {
  readonly list: (query?: MappingQuery) => AsyncIterable<Mapping>;
  /**
   * Maps a group; an existing mapping is kept.
   * @param options.forGood - also maps a name that the UAA could never unmap again.
   * @throws {TpksError} `usage` for such a name, before anything is sent; `notFound`
   */
  readonly map: (joint: Joint, options?: { readonly forGood?: boolean }) => Promise<Mapping>;
  /**
   * @throws {TpksError} `usage` for a name that the UAA cannot unmap; `notFound` if there is no such
   *   mapping; `failed` if the UAA confuses it with others.
   */
  readonly unmap: (joint: Joint) => Promise<Mapping>;
}

export function createMappings(send: Send, uaa: string): Mappings {
  const groups = createGroups(send, uaa);
  const path = ['Groups', 'External'];
  const reading = createUaaApi(send, uaa, 'scim.read');
  const writing = createUaaApi(send, uaa, 'scim.write');

  const list = ({ origin, externalGroup, start, limit }: MappingQuery = {}) => {
    const parameters = {
      ...(origin === undefined ? {} : { origin }),
      ...(externalGroup === undefined ? {} : { externalGroup: asStored(externalGroup) }),
    };
    return listResources(mappingType, { api: reading, path, query: { start, limit }, parameters });
  };

  return {
    list,
    map: async ({ group, externalGroup, origin }, { forGood = false } = {}) => {
      checkMappable({ externalGroup, origin, forGood });
      const key =
        'id' in group
          ? { groupId: validateNotEmpty(group.id, 'group id') }
          : { displayName: validateNotEmpty(group.name, 'group name') };
      const schemas = ['urn:scim:schemas:core:1.0'];
      try {
        const body = { ...key, externalGroup, origin, schemas };
        return await writing.write(mappingType, 'POST', path, { body });
      } catch (error) {
        if (!isConfusion(error, externalGroup)) {
          const name = 'id' in group ? `with the id ${group.id}` : group.name;
          const message = `Group ${name} not found`;
          throw translateError(error, 'notFound', { message, hint: 'tpks uaa groups' });
        }
        // The mapping was written all the same: the UAA fails when it reads the result.
        const written = await firstOf(list({ origin, externalGroup }), group);
        if (written === undefined) throw error;
        return written;
      }
    },
    unmap: async ({ group, externalGroup, origin }) => {
      checkUnmappable({ externalGroup, origin });
      const id = await groups.idOf(group);
      const names = ['groupId', id, 'externalGroup', externalGroup, 'origin', origin];
      try {
        return await writing.write(mappingType, 'DELETE', [...path, ...names]);
      } catch (error) {
        if (isConfusion(error, externalGroup)) {
          throw await confused(list({ origin }), { groupId: id, externalGroup, cause: error });
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

/** The UAA looks mappings up by a pattern, and fails if it finds several. */
function isConfusion(error: unknown, externalGroup: string): boolean {
  return isTpksError(error) && error.status === 500 && /[_%]/.test(externalGroup);
}

async function firstOf(
  mappings: AsyncIterable<Mapping>,
  group: GroupKey,
): Promise<Mapping | undefined> {
  for await (const mapping of mappings) {
    const isIt = 'id' in group ? mapping.groupId === group.id : mapping.displayName === group.name;
    if (isIt) return mapping;
  }
  return undefined;
}

interface Confusion {
  readonly groupId: string;
  readonly externalGroup: string;
  readonly cause: unknown;
}

async function confused(
  mappings: AsyncIterable<Mapping>,
  { groupId, externalGroup, cause }: Confusion,
): Promise<TpksError> {
  const others: string[] = [];
  for await (const mapping of mappings) {
    const { externalGroup: other } = mapping;
    if (mapping.groupId === groupId && isMistakable(externalGroup, other)) others.push(other);
  }
  return new TpksError(
    'failed',
    `The UAA cannot distinguish ${externalGroup} from other mappings`,
    {
      hint:
        'in the UAA’s lookup an underscore matches any character; unmap these first, then map them again: ' +
        others.map(quoteForShell).join(' '),
      cause,
      status: 500,
    },
  );
}
