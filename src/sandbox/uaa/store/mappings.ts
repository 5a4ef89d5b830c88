import type { Storage } from '../../storage/storage.js';

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
    requiredMembers: ['groupId', 'externalGroup', 'origin'],
  });
  const findByGroup = mappings.getIndex('group', ({ groupId }) => groupId);
  return {
    ...mappings,
    find: (key: MappingKey) => mappings.get(mappingKey(key)),
    /** Does nothing if the mapping exists. */
    add(mapping: Mapping): void {
      if (!mappings.get(mappingKey(mapping))) mappings.put(mapping);
    },
    /** Deletes a mapping, if it exists. */
    deleteExact: (key: MappingKey) => mappings.delete(mappingKey(key)),
    deleteByGroup(groupId: string): void {
      for (const mapping of findByGroup(groupId)) mappings.delete(mappingKey(mapping));
    },
  };
}

function mappingKey({ groupId, externalGroup, origin }: MappingKey): string {
  return JSON.stringify([groupId, externalGroup.toLowerCase(), origin]);
}
