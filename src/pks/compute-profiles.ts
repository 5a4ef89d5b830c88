import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createProfiles, type Profiles } from './profiles.js';

const computeProfileType = {
  route: 'compute-profiles',
  noun: 'compute profile',
  schema: v.looseObject({
    name: v.string(),
    description: v.nullish(v.string()),
    /** An object, or its JSON. */
    parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
  }),
};

/** Sizes and availability zones of the nodes of clusters. @see pks-api, section 6 */
export type ComputeProfile = v.InferInput<typeof computeProfileType.schema>;

/** As a user writes it. Unknown fields are sent too. */
export interface ComputeProfileRequest {
  readonly name: string;
  readonly [member: string]: unknown;
}

export type ComputeProfiles = Profiles<ComputeProfile, ComputeProfileRequest>;

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createComputeProfiles(send: Send, origin: string): ComputeProfiles {
  return createProfiles(send, origin, computeProfileType);
}
