import * as v from 'valibot';
import { segmentSchema } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';
import { createProfiles, type Profiles } from './profiles.js';

const networkProfileType = {
  route: 'network-profiles',
  noun: 'network profile',
  schema: v.looseObject({
    name: segmentSchema,
    description: v.nullish(v.string()),
    /** A string that contains JSON. Some servers send an object instead. */
    parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
  }),
};

/** NSX-T settings for clusters. @see pks-api, section 6 */
export type NetworkProfile = v.InferInput<typeof networkProfileType.schema>;

/** A network profile in the format of the user's file. Unknown fields are sent too. */
export interface NetworkProfileRequest {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly parameters: object | string;
}

export function createNetworkProfiles(
  send: Send,
  origin: string,
): Profiles<NetworkProfile, NetworkProfileRequest> {
  // Users write the parameters as an object, but the API expects a string that contains JSON.
  return createProfiles(send, origin, networkProfileType, ({ parameters, ...rest }) => ({
    ...rest,
    parameters: typeof parameters === 'string' ? parameters : JSON.stringify(parameters),
  }));
}
