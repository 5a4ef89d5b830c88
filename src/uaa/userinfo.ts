import * as v from 'valibot';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import { withNeededScope } from './needed-scope.js';
import { checked } from './scim.js';

const userinfoSchema = v.looseObject({ user_id: v.string(), user_name: v.string() });

/** Whose token it is, spelled as UAA spells it. @see uaa-api, section 7.3 */
export type Userinfo = v.InferInput<typeof userinfoSchema>;

/** Needs the scope `openid`, which clients cannot have: it is about users. */
export interface UserinfoEndpoint {
  /** @throws {TpksError} `forbidden` for a token without `openid`. */
  readonly get: () => Promise<Userinfo>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createUserinfo(send: Send, uaa: string): UserinfoEndpoint {
  const reading = withNeededScope(send, 'openid');
  return {
    get: async () => {
      const headers = { accept: 'application/json' };
      const url = `${uaa}/userinfo?schema=openid`;
      return checked(
        userinfoSchema,
        await readJson(await reading({ method: 'GET', url, headers })),
        'who you are',
      );
    },
  };
}
