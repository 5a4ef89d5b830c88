import type { Storage } from '../../storage/storage.js';
import { createLikePattern } from './columns.js';

/** Members of the external group are members of the group. */
export interface Mapping {
  readonly groupId: string;
  /** In lower case. */
  readonly externalGroup: string;
  /** Key of the identity provider. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export type MappingKey = Pick<Mapping, 'groupId' | 'externalGroup' | 'origin'>;

/** The mappings of a UAA from external groups to its own. */
export function createMappingStore(storage: Storage) {
  const mappings = storage.collection<Mapping>({
    name: 'mappings',
    key: mappingKey,
    requiredMembers: ['groupId', 'externalGroup', 'origin'],
  });
  const findByGroup = mappings.indexedBy('group', ({ groupId }) => groupId);
  return {
    ...mappings,
    /** Finds the mappings of an external group; the name must equal the stored one. */
    ofExternalGroup: mappings.indexedBy('external group', ({ externalGroup }) => externalGroup),
    /** Does nothing if the mapping exists. */
    add(mapping: Mapping): void {
      if (!mappings.get(mappingKey(mapping))) mappings.put(mapping);
    },
    /** Finds mappings as the real server does: `_` and `%` in the name are SQL wildcards. */
    findMatching({ groupId, externalGroup, origin }: MappingKey): readonly Mapping[] {
      const pattern = createLikePattern(externalGroup.toLowerCase());
      return findByGroup(groupId).filter(
        (mapping) => mapping.origin === origin && pattern.test(mapping.externalGroup),
      );
    },
    /** @returns whether there was a mapping with exactly this name. */
    remove: (key: MappingKey) => mappings.delete(mappingKey(key)),
    deleteByGroup(groupId: string): void {
      for (const mapping of findByGroup(groupId)) mappings.delete(mappingKey(mapping));
    },
  };
}

function mappingKey({ groupId, externalGroup, origin }: MappingKey): string {
  return JSON.stringify([groupId, externalGroup.toLowerCase(), origin]);
}
