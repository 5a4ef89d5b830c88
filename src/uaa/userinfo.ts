import * as v from 'valibot';
import { segmentSchema } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';
import { createUaaApi } from './api.js';

const userinfoType = {
  noun: 'user',
  schema: v.looseObject({ user_id: segmentSchema, user_name: v.string() }),
};

/** The user that a token belongs to, with the UAA's own field names. @see uaa-api, section 7.3 */
export type Userinfo = v.InferInput<typeof userinfoType.schema>;

/**
 * Reads the user that a token belongs to. Requires the scope `openid`, which the token of a client cannot
 * have.
 */
export interface UserinfoEndpoint {
  /** @throws {TpksError} `forbidden` for a token without `openid`. */
  readonly get: () => Promise<Userinfo>;
}

export function createUserinfoEndpoint(send: Send, uaa: string): UserinfoEndpoint {
  const api = createUaaApi(send, uaa, 'openid');
  return { get: () => api.get(userinfoType, ['userinfo'], { query: { schema: 'openid' } }) };
}
