import { hasMembers, type Keep } from '../keep.js';
import { like } from './sql-like.js';

/** Who is in the external group is in the group. */
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
  /** What is there already stays as it is. */
  readonly add: (mapping: Mapping) => void;
  /** As the server looks mappings up: `_` and `%` in the name fit other names too. */
  readonly like: (key: MappingKey) => readonly Mapping[];
  /** @returns whether it was there, under exactly this name. */
  readonly remove: (key: MappingKey) => boolean;
  /** Takes out all mappings of a group. */
  readonly forget: (groupId: string) => void;
}

export function createMappingStore(keep: Keep): MappingStore {
  const kept = keep<Mapping>({ name: 'mappings', start: () => [], isItem: isMapping });
  const isAt = (mapping: Mapping, { groupId, origin }: MappingKey): boolean =>
    mapping.groupId === groupId && mapping.origin === origin;
  const isExactly = (mapping: Mapping, key: MappingKey): boolean =>
    isAt(mapping, key) && mapping.externalGroup === key.externalGroup.toLowerCase();
  return {
    all: kept.read,
    add(mapping) {
      const mappings = kept.read();
      if (mappings.some((known) => isExactly(known, mapping))) return;
      kept.write([...mappings, mapping]);
    },
    like(key) {
      const pattern = like(key.externalGroup.toLowerCase());
      return kept
        .read()
        .filter((mapping) => isAt(mapping, key) && pattern.test(mapping.externalGroup));
    },
    remove(key) {
      const mappings = kept.read();
      const others = mappings.filter((mapping) => !isExactly(mapping, key));
      const isGone = others.length < mappings.length;
      if (isGone) kept.write(others);
      return isGone;
    },
    forget(groupId) {
      kept.write(kept.read().filter((mapping) => mapping.groupId !== groupId));
    },
  };
}

function isMapping(value: unknown): value is Mapping {
  return hasMembers(value, 'groupId', 'externalGroup', 'origin');
}
