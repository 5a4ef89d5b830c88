import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createProfiles, type Profiles } from './profiles.js';
import { nameSchema } from './resource.js';

const computeProfileType = {
  route: 'compute-profiles',
  noun: 'compute profile',
  schema: v.looseObject({
    name: nameSchema,
    description: v.nullish(v.string()),
    /** An object, or a string that contains JSON. */
    parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
  }),
};

/** The sizes and availability zones of cluster nodes. @see pks-api, section 6 */
export type ComputeProfile = v.InferInput<typeof computeProfileType.schema>;

export function createComputeProfiles(send: Send, origin: string): Profiles<ComputeProfile> {
  return createProfiles(send, origin, computeProfileType);
}
