import * as v from 'valibot';
import { isTpksError, TpksError } from '../../base/errors.js';
import { defaultPorts } from '../../base/pks-conventions.js';
import type { Send } from '../../platform/http/send.js';
import { readJson, segmentSchema } from '../client/api-client.js';
import { createUaaApi } from './uaa-api.js';

/** The type of a prompt (`text`, `password`) and its label. */
const promptSchema = v.tuple([v.string(), v.string()]);

const infoSchema = v.looseObject({
  app: v.looseObject({ version: v.string() }),
  /** Prompts by name. `v.record` would not check a prompt that is named `__proto__`. */
  prompts: v.custom<Readonly<Record<string, v.InferInput<typeof promptSchema>>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((prompt) => v.is(promptSchema, prompt)),
  ),
});

/**
 * The information that a UAA returns without authentication.
 * @see docs/contributing/servers/uaa.md#server-information
 */
export type UaaInfo = v.InferInput<typeof infoSchema>;

/**
 * Reads the version and the login prompts of a UAA, without a token.
 * @throws {TpksError} `failed` if the server is not a UAA; `unavailable` and `untrusted` for connection
 *   errors and invalid responses.
 */
export async function readInfo(send: Send, uaa: string): Promise<UaaInfo> {
  const headers = { accept: 'application/json' };
  const request = { method: 'GET', url: `${uaa}/info`, headers };
  const response = await send(request).catch((error: unknown) => {
    // The server does not know the route or requires credentials for it, as a proxy does.
    const isRejection = isTpksError(error) && !['unavailable', 'untrusted'].includes(error.kind);
    throw isRejection && error.status !== undefined ? notUaaError(uaa, error) : error;
  });
  const value = await readJson(response).catch((error: unknown) => {
    // A failure of the connection has no status.
    throw isTpksError(error) && error.status !== undefined ? notUaaError(uaa, error) : error;
  });
  if (!v.is(infoSchema, value)) throw notUaaError(uaa);
  return value;
}

function notUaaError(uaa: string, cause?: unknown): TpksError {
  return new TpksError('failed', `failed to access URL: the server at ${uaa} is not a UAA`, {
    hint: `check the port and the path; the UAA of PKS is at https://API-HOST:${defaultPorts.uaa}`,
    cause,
  });
}

const userinfoType = {
  noun: 'user',
  schema: v.looseObject({ user_id: segmentSchema, user_name: v.string() }),
};

/** Reads the token's user. @throws {TpksError} `forbidden` without the scope `openid`, as for clients. */
export function readUserinfo(send: Send, uaa: string) {
  return createUaaApi(send, uaa).get(userinfoType, ['userinfo'], { query: { schema: 'openid' } });
}
