import * as v from 'valibot';
import type { Send } from '../../platform/http/send.js';
import { createUaaApi } from './uaa-api.js';

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

/** Lists the zones that the token has access to. Requires the scope `zones.read`. */
export function listIdentityZones(send: Send, uaa: string): Promise<IdentityZone[]> {
  return createUaaApi(send, uaa).list(zoneType, ['identity-zones']);
}
