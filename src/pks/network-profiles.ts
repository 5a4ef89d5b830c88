import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createProfiles, type Profiles } from './profiles.js';

const networkProfileType = {
  route: 'network-profiles',
  noun: 'network profile',
  schema: v.looseObject({
    name: v.string(),
    description: v.nullish(v.string()),
    /** A string that contains JSON; some servers send an object. */
    parameters: v.nullish(v.union([v.string(), v.looseObject({})])),
  }),
};

/** NSX-T settings for clusters. @see pks-api, section 6 */
export type NetworkProfile = v.InferInput<typeof networkProfileType.schema>;

/** As a user writes it. Unknown fields are sent too. */
export interface NetworkProfileRequest {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly parameters: object | string;
}

export function createNetworkProfiles(
  send: Send,
  origin: string,
): Profiles<NetworkProfile, NetworkProfileRequest> {
  // Users write an object; the API expects a string that contains it.
  return createProfiles(send, origin, networkProfileType, ({ parameters, ...rest }) => ({
    ...rest,
    parameters: typeof parameters === 'string' ? parameters : JSON.stringify(parameters),
  }));
}
