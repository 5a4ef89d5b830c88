import { hasMembers, type Storage } from '../../storage/storage.js';
import { like } from './like.js';

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

export interface MappingStore {
  readonly all: () => readonly Mapping[];
  /** @param externalGroup - exactly as it is stored. */
  readonly ofExternalGroup: (externalGroup: string) => readonly Mapping[];
  /** Does nothing if the mapping exists. */
  readonly add: (mapping: Mapping) => void;
  /** Finds mappings as the real server does: `_` and `%` in the name are SQL wildcards. */
  readonly like: (key: MappingKey) => readonly Mapping[];
  /** @returns whether it was there, under exactly this name. */
  readonly remove: (key: MappingKey) => boolean;
  /** Takes out all mappings of a group. */
  readonly forget: (groupId: string) => void;
}

export function createMappingStore(storage: Storage): MappingStore {
  const mappings = storage.collection<Mapping>({ name: 'mappings', key, isRow: isMapping });
  const ofGroup = mappings.indexedBy('group', ({ groupId }) => groupId);
  return {
    all: mappings.all,
    ofExternalGroup: mappings.indexedBy('external group', ({ externalGroup }) => externalGroup),
    add(mapping) {
      if (!mappings.get(key(mapping))) mappings.put(mapping);
    },
    like({ groupId, externalGroup, origin }) {
      const pattern = like(externalGroup.toLowerCase());
      return ofGroup(groupId).filter(
        (mapping) => mapping.origin === origin && pattern.test(mapping.externalGroup),
      );
    },
    remove: (exact) => mappings.delete(key(exact)),
    forget(groupId) {
      for (const mapping of ofGroup(groupId)) mappings.delete(key(mapping));
    },
  };
}

function key({ groupId, externalGroup, origin }: MappingKey): string {
  return JSON.stringify([groupId, externalGroup.toLowerCase(), origin]);
}

function isMapping(value: unknown): value is Mapping {
  return hasMembers(value, 'groupId', 'externalGroup', 'origin');
}
