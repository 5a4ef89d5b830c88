import type { JsonObject } from '../../body.js';
import type { Storage } from '../../storage/storage.js';

/** An identity zone. Times are in epoch milliseconds. */
export interface Zone {
  readonly id: string;
  /** The subdomain is unique and in lower case. */
  readonly subdomain: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly active: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** The settings that differ from the defaults. */
  readonly config: JsonObject;
}

/** Creates the store for identity zones, with the zone `uaa`. */
export function createZoneStore(now: () => number, storage: Storage) {
  return storage.collection<Zone>({
    name: 'identity-zones',
    key: ({ id }) => id,
    seed: () => [
      {
        id: 'uaa',
        subdomain: '',
        name: 'uaa',
        description: 'The system zone for backwards compatibility',
        active: true,
        version: 1,
        createdAt: Date.UTC(2000, 0, 1),
        modifiedAt: now(),
        config: {},
      },
    ],
  });
}
