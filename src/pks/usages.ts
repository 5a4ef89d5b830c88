import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksResource, type PksResource } from './resource.js';

const usageType = {
  route: 'usages',
  noun: 'usage',
  key: 'owner',
  title: (owner: string) => `Usage of ${owner}`,
  schema: v.looseObject({
    owner: v.string(),
    totals: v.looseObject({ cpu: v.number(), memory: v.number(), cluster: v.number() }),
    clusters: v.nullish(
      v.array(v.looseObject({ name: v.string(), cpu: v.number(), memory: v.number() })),
    ),
  }),
};

/** The resources that the clusters of one owner use; memory in GB. @see pks-api, section 9 */
export type Usage = v.InferInput<typeof usageType.schema>;

export function createUsages(send: Send, origin: string): Pick<PksResource<Usage>, 'list' | 'get'> {
  return createPksResource(send, origin, usageType);
}
