import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';

/** The type of a prompt (`text`, `password`) and its label. */
const promptSchema = v.tuple([v.string(), v.string()]);

const infoSchema = v.looseObject({
  app: v.looseObject({ version: v.string() }),
  /** By name. Not `v.record`, which does not check a prompt that is named `__proto__`. */
  prompts: v.custom<Readonly<Record<string, v.InferInput<typeof promptSchema>>>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((prompt) => v.is(promptSchema, prompt)),
  ),
});

/** What a UAA says about itself without credentials. @see uaa-api, section 2.1 */
export type UaaInfo = v.InferInput<typeof infoSchema>;

/** Asks a UAA who it is; no token is needed. */
export interface Info {
  /**
   * @throws {TpksError} `failed` if the server is not a UAA; `unavailable` and `untrusted` for
   *   connection errors and invalid responses.
   */
  readonly get: () => Promise<UaaInfo>;
}

/**
 * @param uaa - base URL without a trailing slash; may have a path.
 */
export function createInfo(send: Send, uaa: string): Info {
  return {
    get: async () => {
      const headers = { accept: 'application/json' };
      const request = { method: 'GET', url: `${uaa}/info`, headers };
      const response = await send(request).catch((error: unknown) => {
        throw isRejection(error) ? notUaa(uaa, error) : error;
      });
      const value = await readJson(response).catch((error: unknown) => {
        throw isOfResponse(error) ? notUaa(uaa, error) : error;
      });
      if (!v.is(infoSchema, value)) throw notUaa(uaa);
      return value;
    },
  };
}

/**
 * Whether the server does not know the route or requires credentials for it, so that it is not a UAA
 * but e.g. a proxy. An invalid response does not say what kind of server sent it.
 */
function isRejection(error: unknown): boolean {
  return isOfResponse(error) && error.kind !== 'unavailable' && error.kind !== 'untrusted';
}

/** Whether the error is about a response, and not about the connection. */
function isOfResponse(error: unknown): error is TpksError {
  return isTpksError(error) && error.status !== undefined;
}

function notUaa(uaa: string, cause?: unknown): TpksError {
  return new TpksError('failed', `failed to access URL: ${uaa} answers, but not as a UAA`, {
    hint: 'check the port and the path; the UAA of PKS is at https://API-HOST:8443',
    cause,
  });
}
