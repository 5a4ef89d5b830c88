import { modifyAssertion, PrivateKeyJwt, type ClientAuth } from 'openid-client';
import { withStatusErrors } from '../../api/client/api-error.js';
import { readAssertionAudience } from '../../api/uaa/client-secrets-and-keys.js';
import type { Clock } from '../../base/clock.js';
import type { Send } from '../../platform/http/send.js';
import type { ClientKey } from './client-key.js';

/** The UAA does not remember assertions, so a stolen one works until it expires. */
const lifetimeSeconds = 60;

/**
 * Authenticates a client with an assertion: a JWT that its key signs.
 * @param deps.send - sends requests to this UAA without a token, and returns error statuses as responses.
 * @throws {TpksError} `failed` for a UAA before 76.23.
 * @see RFC 7523, section 3; docs/contributing/servers/ci.md#client-keys
 */
export async function authenticateWithKey(
  { privateKey, keyId, knownUaa }: ClientKey,
  { send, uaa, clock }: { readonly send: Send; readonly uaa: string; readonly clock: Clock },
): Promise<ClientAuth> {
  const { audience, serverTime } =
    knownUaa === undefined
      ? await readAssertionAudience(withStatusErrors(send), uaa)
      : {
          audience: knownUaa.audience,
          serverTime: clock.now().getTime() + knownUaa.clockOffsetSeconds * 1000,
        };
  return PrivateKeyJwt(keyId === undefined ? privateKey : { key: privateKey, kid: keyId }, {
    [modifyAssertion]: (_header, payload) => {
      const now = Math.floor((serverTime ?? clock.now().getTime()) / 1000);
      Object.assign(payload, { aud: audience, iat: now, nbf: now, exp: now + lifetimeSeconds });
    },
  });
}
