import * as v from 'valibot';
import type { Send } from '../../platform/http/send.js';
import { createUaaApi } from './api.js';
import type { Resource } from './list/list-query.js';
import { createPageReader, totalResultsSchema } from './list/list-resources.js';

/** Reads objects exactly as the UAA returns them, with all fields in their order. */
export interface RawObjects {
  /** @param path - unencoded segments, e.g. `['Users']`. */
  readonly get: (
    path: readonly string[],
    query?: Readonly<Record<string, string>>,
  ) => Promise<Resource>;
  /**
   * Reads all pages of a list. An empty page, or a page whose total is not a number, ends it.
   * @throws {TpksError} `unavailable` if the list is larger than 128 MiB or has more than 10,000 pages.
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
    totalResults: v.optional(
      v.union([totalResultsSchema, v.custom<unknown>((total) => typeof total !== 'number')]),
    ),
  }),
};

export function createRawObjects(send: Send, uaa: string): RawObjects {
  const api = createUaaApi(send, uaa);
  return {
    get: (path, query = {}) => api.get(objectType, path, { query }),
    list: async (path, query) => {
      const readPage = createPageReader(api, pageType);
      const objects: Resource[] = [];
      for (;;) {
        const startIndex = String(objects.length + 1);
        const { resources, totalResults } = await readPage(
          await api.request(path, { query: { ...query, startIndex } }),
        );
        for (const resource of resources) objects.push(api.parse(objectType, resource));
        const total = typeof totalResults === 'number' ? totalResults : 0;
        if (resources.length === 0 || total <= objects.length) return objects;
      }
    },
  };
}
