import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { checked, checkedList, createPksApi, orNotFound } from './api.js';

const usageSchema = v.looseObject({
  owner: v.string(),
  totals: v.looseObject({ cpu: v.number(), memory: v.number(), cluster: v.number() }),
  clusters: v.nullish(
    v.array(v.looseObject({ name: v.string(), cpu: v.number(), memory: v.number() })),
  ),
});

/** What the clusters of one user have, together and each; memory in GB. @see pks-api, section 9 */
export type Usage = v.InferInput<typeof usageSchema>;

export interface Usages {
  /** @throws {TpksError} `unauthenticated`, `forbidden`, `unavailable` */
  readonly list: () => Promise<Usage[]>;
  /** @throws {TpksError} `notFound`, besides the failures of `list` */
  readonly get: (owner: string) => Promise<Usage>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createUsages(send: Send, origin: string): Usages {
  const api = createPksApi(send, origin);
  return {
    list: async () => checkedList(usageSchema, await api.read(['usages']), 'a usage'),
    get: async (owner) => {
      const answer = orNotFound(
        api.read(['usages', owner]),
        `Usage of ${owner}`,
        'tpks usages lists those there are',
      );
      return checked(usageSchema, await answer, 'a usage');
    },
  };
}
