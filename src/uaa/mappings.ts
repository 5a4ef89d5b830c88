import * as v from 'valibot';
import { isTpksError, reworded, TpksError } from '../errors.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import type { GroupKey } from './groups.js';
import { shellWord } from '../shell-word.js';
import { asStored, checkMappable, checkUnmappable, isMistakable } from './mapping-names.js';
import { withNeededScope } from './needed-scope.js';
import { checked, everyResource, mapped, sendJson } from './scim.js';

const mappingSchema = v.looseObject({
  groupId: v.string(),
  displayName: v.string(),
  externalGroup: v.string(),
  origin: v.string(),
});

/**
 * Whoever an identity provider says is in its group, is in this group of UAA after a login there.
 * @see uaa-api, section 8.6
 */
export type Mapping = v.InferInput<typeof mappingSchema>;

/** What a mapping joins. */
export interface Joint {
  readonly group: GroupKey;
  /** As the provider calls it, e.g. a DN of LDAP; UAA keeps it in lower case. */
  readonly externalGroup: string;
  /** Key of the identity provider, in its own case. */
  readonly origin: string;
}

export interface MappingQuery {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
  /** 1 is the first. */
  readonly start?: number | undefined;
  readonly limit?: number | undefined;
}

/** Mappings of groups. Reading needs the scope `scim.read`, changing `scim.write`. */
export interface Mappings {
  readonly list: (query?: MappingQuery) => AsyncIterable<Mapping>;
  /**
   * Maps a group; one that is mapped so already stays so.
   * @param options.forGood - also under a name that UAA could never take out again.
   * @throws {TpksError} `usage` for such a name, before anything is sent; `notFound`
   */
  readonly map: (joint: Joint, options?: { readonly forGood?: boolean }) => Promise<Mapping>;
  /**
   * @throws {TpksError} `usage` for a name that UAA cannot be asked for; `notFound` when there is
   *   no such mapping; `failed` when UAA confuses it with others.
   */
  readonly unmap: (joint: Joint) => Promise<Mapping>;
}

export interface MappingsDeps {
  /** Signed with a token, and throwing for every status that is not a success. */
  readonly send: Send;
  readonly uaa: string;
  readonly groups: { readonly idOf: (key: GroupKey) => Promise<string> };
}

export function createMappings({ send, uaa, groups }: MappingsDeps): Mappings {
  const url = `${uaa}/Groups/External`;
  const reading = withNeededScope(send, 'scim.read');
  const writing = withNeededScope(send, 'scim.write');

  const list = ({ origin, externalGroup, start, limit }: MappingQuery = {}) => {
    const which = new URLSearchParams({
      ...(origin === undefined ? {} : { origin }),
      ...(externalGroup === undefined ? {} : { externalGroup: asStored(externalGroup) }),
    }).toString();
    const every = everyResource(reading, which === '' ? url : `${url}?${which}`, { start, limit });
    return mapped(every, toMapping);
  };

  return {
    list,
    map: async ({ group, externalGroup, origin }, { forGood = false } = {}) => {
      checkMappable({ externalGroup, origin, forGood });
      const which = 'id' in group ? { groupId: group.id } : { displayName: group.name };
      const schemas = ['urn:scim:schemas:core:1.0'];
      try {
        return toMapping(
          await sendJson(writing, 'POST', url, { ...which, externalGroup, origin, schemas }),
        );
      } catch (error) {
        if (isTpksError(error) && error.kind === 'notFound') throw noGroup(group, error);
        if (!isConfusion(error, externalGroup)) throw error;
        // It is done all the same: UAA looks at what it wrote, and sees several.
        const written = await firstOf(list({ origin, externalGroup }), group);
        if (written === undefined) throw error;
        return written;
      }
    },
    unmap: async ({ group, externalGroup, origin }) => {
      checkUnmappable({ externalGroup, origin });
      const id = await groups.idOf(group);
      const path = ['groupId', id, 'externalGroup', externalGroup, 'origin', origin];
      try {
        return toMapping(
          await sendJson(
            writing,
            'DELETE',
            [url, ...path.map((name) => pathSegment(name))].join('/'),
          ),
        );
      } catch (error) {
        if (isTpksError(error) && error.kind === 'notFound') {
          throw notMapped({ group, externalGroup, origin }, error);
        }
        if (!isConfusion(error, externalGroup)) throw error;
        throw await confused(list({ origin }), { groupId: id, externalGroup, cause: error });
      }
    },
  };
}

/** UAA looks mappings up by a pattern, and fails when it finds several. */
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
  return new TpksError('failed', `UAA cannot tell ${externalGroup} from other mappings`, {
    hint:
      'to UAA an underscore stands for any character; unmap these first, then map them again: ' +
      others.map(shellWord).join(' '),
    cause,
    status: 500,
  });
}

function noGroup(group: GroupKey, cause: TpksError): TpksError {
  const which = 'id' in group ? `Group with the id ${group.id}` : `Group ${group.name}`;
  return reworded(cause, {
    kind: 'notFound',
    message: `${which} not found`,
    hint: 'tpks uaa groups',
  });
}

function notMapped({ group, externalGroup, origin }: Joint, cause: TpksError): TpksError {
  const which = 'id' in group ? `the group with the id ${group.id}` : group.name;
  return reworded(cause, {
    kind: 'notFound',
    message: `${externalGroup} is not mapped to ${which} for origin ${origin}`,
    hint: 'tpks uaa group mappings',
  });
}

function toMapping(value: unknown): Mapping {
  return checked(mappingSchema, value, 'a mapping');
}
