import type { Storage } from '../storage/storage.js';

export const profileKinds = ['network', 'compute', 'kubernetes'] as const;
export type ProfileKind = (typeof profileKinds)[number];

/** Named settings for clusters. The broker does not interpret their content. */
export interface Profile {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly uuid: string;
  /** User name or client id of the creator. */
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Profiles by kind and name. */
export type ProfileStore = ReturnType<typeof createProfileStore>;

/** @param seed - initial profiles, in the order of creation. */
export function createProfileStore(storage: Storage, seed: readonly Profile[]) {
  const formatKey = (kind: ProfileKind, name: string) => JSON.stringify([kind, name]);
  const profiles = storage.collection<Profile>({
    name: 'profiles',
    key: ({ kind, name }) => formatKey(kind, name),
    seed: () => seed,
  });
  return {
    put: profiles.put,
    /** Returns the profiles of a kind, in the order of creation. */
    listByKind: profiles.getIndex('kind', ({ kind }) => kind),
    get: (kind: ProfileKind, name: string) => profiles.get(formatKey(kind, name)),
    delete: (kind: ProfileKind, name: string) => profiles.delete(formatKey(kind, name)),
  };
}
