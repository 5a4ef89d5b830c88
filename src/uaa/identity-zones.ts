import * as v from 'valibot';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import { withNeededScope } from './needed-scope.js';
import { checked } from './scim.js';

const zoneSchema = v.looseObject({
  id: v.string(),
  /** Empty for the default zone. */
  subdomain: v.string(),
  name: v.optional(v.nullable(v.string())),
  description: v.optional(v.nullable(v.string())),
  active: v.optional(v.boolean()),
});

/** A zone: users, groups and clients of its own, spelled as UAA spells it. */
export type IdentityZone = v.InferInput<typeof zoneSchema>;

/** UAA's identity zones. Needs the scope `zones.read`. */
export interface IdentityZones {
  /** Those that the token may see. */
  readonly list: () => Promise<readonly IdentityZone[]>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createIdentityZones(send: Send, uaa: string): IdentityZones {
  const reading = withNeededScope(send, 'zones.read');
  return {
    list: async () => {
      const headers = { accept: 'application/json' };
      const response = await reading({ method: 'GET', url: `${uaa}/identity-zones`, headers });
      return checked(v.array(zoneSchema), await readJson(response), 'identity zones');
    },
  };
}
