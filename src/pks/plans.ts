import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksResource, type PksResource } from './resource.js';

const planType = {
  route: 'plans',
  noun: 'plan',
  schema: v.looseObject({ id: v.string(), name: v.string(), description: v.nullish(v.string()) }),
};

/** A plan that clusters can be created from. @see pks-api, section 6 */
type Plan = v.InferInput<typeof planType.schema>;

export function createPlans(send: Send, origin: string): Pick<PksResource<Plan>, 'list'> {
  return createPksResource(send, origin, planType);
}
