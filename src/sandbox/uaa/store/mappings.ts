import type { Storage } from '../../storage/storage.js';
import { createLikePattern } from './query.js';

/** Makes the members of an external group members of a UAA group. */
export interface Mapping {
  readonly groupId: string;
  /** In lower case. */
  readonly externalGroup: string;
  /** Key of the identity provider. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Identifies a mapping. The name of the external group can be in any case. */
export type MappingKey = Pick<Mapping, 'groupId' | 'externalGroup' | 'origin'>;

/** Creates the store for mappings from external groups to UAA groups. */
export function createMappingStore(storage: Storage) {
  const mappings = storage.collection<Mapping>({
    name: 'mappings',
    key: mappingKey,
  });
  const findByGroup = mappings.getIndex('group', ({ groupId }) => groupId);
  return {
    ...mappings,
    /** Like the real server, treats `_` and `%` in the name as wildcards. */
    findMatching({ groupId, externalGroup, origin }: MappingKey): readonly Mapping[] {
      const pattern = createLikePattern(externalGroup.toLowerCase());
      return findByGroup(groupId).filter(
        (mapping) => mapping.origin === origin && pattern.test(mapping.externalGroup),
      );
    },
    /** Does nothing if the mapping exists. */
    add(mapping: Mapping): void {
      if (!mappings.get(mappingKey(mapping))) mappings.put(mapping);
    },
    /** Deletes a mapping whose name matches without wildcards. @returns whether it existed. */
    deleteExact: (key: MappingKey) => mappings.delete(mappingKey(key)),
    deleteByGroup(groupId: string): void {
      for (const mapping of findByGroup(groupId)) mappings.delete(mappingKey(mapping));
    },
  };
}

function mappingKey({ groupId, externalGroup, origin }: MappingKey): string {
  return JSON.stringify([groupId, externalGroup.toLowerCase(), origin]);
}
