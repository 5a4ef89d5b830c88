import * as v from 'valibot';
import { segmentSchema } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';
import { createProfiles, type Profiles } from './profiles.js';

const computeProfileType = {
  route: 'compute-profiles',
  noun: 'compute profile',
  schema: v.looseObject({
    name: segmentSchema,
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
