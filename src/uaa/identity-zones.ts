import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createUaaApi } from './api.js';

const zoneType = {
  noun: 'identity zone',
  schema: v.looseObject({
    id: v.string(),
    /** Empty for the default zone. */
    subdomain: v.string(),
    name: v.optional(v.nullable(v.string())),
    description: v.optional(v.nullable(v.string())),
    active: v.optional(v.boolean()),
  }),
};

/** A zone with separate users, groups and clients, with the UAA's own field names. */
export type IdentityZone = v.InferInput<typeof zoneType.schema>;

/** Reads the identity zones of a UAA. Requires the scope `zones.read`. */
export interface IdentityZones {
  /** Lists the zones that the token has access to. */
  readonly list: () => Promise<readonly IdentityZone[]>;
}

export function createIdentityZones(send: Send, uaa: string): IdentityZones {
  const api = createUaaApi(send, uaa, 'zones.read');
  return { list: () => api.list(zoneType, ['identity-zones']) };
}
