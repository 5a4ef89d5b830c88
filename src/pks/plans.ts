import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { checkedList, createPksApi } from './api.js';

const planSchema = v.looseObject({
  id: v.string(),
  name: v.string(),
  description: v.nullish(v.string()),
});

/** What a cluster can be made after. Members that tpks does not know are kept. @see pks-api, section 6 */
export type Plan = v.InferInput<typeof planSchema>;

export interface Plans {
  /** @throws {TpksError} `unauthenticated`, `forbidden`, `unavailable` */
  readonly list: () => Promise<Plan[]>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createPlans(send: Send, origin: string): Plans {
  const api = createPksApi(send, origin);
  return { list: async () => checkedList(planSchema, await api.read(['plans']), 'a plan') };
}
