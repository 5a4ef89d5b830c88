import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksApi } from './api.js';
import { createProfiles, type Profiles } from './profiles.js';

const computeProfileSchema = v.looseObject({
  name: v.string(),
  description: v.nullish(v.string()),
  /** An object, or a text that holds it. */
  parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
});

/** Sizes and places of clusters' machines. @see pks-api, section 6 */
export type ComputeProfile = v.InferInput<typeof computeProfileSchema>;

/** As people write it; members that tpks does not know are sent too. */
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
  return createProfiles(createPksApi(send, origin), {
    route: 'compute-profiles',
    noun: 'compute profile',
    schema: computeProfileSchema,
    body: (request: ComputeProfileRequest) => request,
  });
}
