import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksResource, type PksResource } from './resource.js';

const planType = {
  route: 'plans',
  noun: 'plan',
  schema: v.looseObject({ id: v.string(), name: v.string(), description: v.nullish(v.string()) }),
};

/** A plan that clusters can be created from. @see pks-api, section 6 */
export type Plan = v.InferInput<typeof planType.schema>;

export type Plans = Pick<PksResource<Plan>, 'list'>;

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createPlans(send: Send, origin: string): Plans {
  const { list } = createPksResource(send, origin, planType);
  return { list };
}
