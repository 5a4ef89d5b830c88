import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createPksApi } from './api.js';
import { createProfiles, type Profiles } from './profiles.js';

const networkProfileSchema = v.looseObject({
  name: v.string(),
  description: v.nullish(v.string()),
  /** A text that holds JSON; an object at some servers. */
  parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
});

/** Settings of NSX-T for clusters. @see pks-api, section 6 */
export type NetworkProfile = v.InferInput<typeof networkProfileSchema>;

/** As people write it; members that tpks does not know are sent too. */
export interface NetworkProfileRequest {
  readonly name: string;
  readonly description?: string | undefined;
  readonly parameters: object | string;
}

export type NetworkProfiles = Profiles<NetworkProfile, NetworkProfileRequest>;

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createNetworkProfiles(send: Send, origin: string): NetworkProfiles {
  return createProfiles(createPksApi(send, origin), {
    route: 'network-profiles',
    noun: 'network profile',
    schema: networkProfileSchema,
    // People write an object; the API takes a text that holds it.
    body: ({ parameters, ...rest }: NetworkProfileRequest) => ({
      ...rest,
      parameters: typeof parameters === 'string' ? parameters : JSON.stringify(parameters),
    }),
  });
}
