import * as v from 'valibot';
import { parseJson } from '../http/decode.js';
import { maximumBufferedBytes } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';
import { createUaaApi } from './api.js';
import { createPageReader } from './list/list-page.js';
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
  /** The resources are read separately. */
  schema: v.looseObject({
    resources: v.tuple([]),
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
      const readPage = createPageReader({
        key: 'resources',
        maximumBytes: maximumBufferedBytes,
        formatError: (reason) => api.malformed('list', reason),
      });
      const objects: Resource[] = [];
      for (;;) {
        const startIndex = String(objects.length + 1);
        const response = await api.request(path, { query: { ...query, startIndex } });
        const { frame, length, getItem } = await readPage(response);
        const { totalResults } = api.parse(pageType, frame);
        for (let index = 0; index < length; index += 1) {
          objects.push(api.parse(objectType, parseJson(getItem(index), response.status)));
        }
        const total = typeof totalResults === 'number' ? totalResults : 0;
        if (length === 0 || total <= objects.length) return objects;
      }
    },
  };
}
