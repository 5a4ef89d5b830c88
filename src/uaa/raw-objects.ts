import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { maximumBufferedBytes } from '../http/resource/api-client.js';
import { tooLargeError } from '../http/json-stream.js';
import { createUaaApi } from './api.js';
import type { Resource } from './list/list-query.js';
import { totalResultsSchema } from './list/list-resources.js';

/** Reads objects exactly as the UAA returns them, with all fields in their order. */
export interface RawObjects {
  /** @param path - unencoded segments, e.g. `['Users']`. */
  readonly get: (
    path: readonly string[],
    query?: Readonly<Record<string, string>>,
  ) => Promise<Resource>;
  /**
   * Reads all pages of a list. An empty page ends it.
   * @throws {TpksError} `unavailable` if the list is larger than 128 MiB.
   */
  readonly list: (
    path: readonly string[],
    query: Readonly<Record<string, string>>,
  ) => Promise<readonly Resource[]>;
}

const objectType = { noun: 'response', schema: v.looseObject({}) };

const pageType = {
  noun: 'list',
  schema: v.looseObject({
    resources: v.array(v.looseObject({})),
    totalResults: v.optional(totalResultsSchema),
  }),
};

export function createRawObjects(send: Send, uaa: string): RawObjects {
  const api = createUaaApi(send, uaa);
  return {
    get: (path, query = {}) => api.get(objectType, path, { query }),
    list: async (path, query) => {
      const objects: Resource[] = [];
      let size = 0;
      for (;;) {
        const startIndex = String(objects.length + 1);
        const page = await api.get(pageType, path, { query: { ...query, startIndex } });
        const { resources, totalResults = 0 } = page;
        for (const resource of resources) objects.push(resource);
        size += JSON.stringify(resources).length;
        if (size > maximumBufferedBytes) throw tooLargeError('a list', maximumBufferedBytes);
        if (resources.length === 0 || totalResults <= objects.length) return objects;
      }
    },
  };
}
