import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createUaaApi } from './api.js';

/** Reads objects exactly as the UAA returns them, with all fields in their order. */
export interface RawObjects {
  /** @param path - unencoded segments, e.g. `['Users']`. */
  readonly get: (
    path: readonly string[],
    query?: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

const objectType = { noun: 'response', schema: v.looseObject({}) };

export function createRawObjects(send: Send, uaa: string): RawObjects {
  const api = createUaaApi(send, uaa);
  return { get: (path, query = {}) => api.get(objectType, path, { query }) };
}
