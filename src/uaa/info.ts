import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';

const infoSchema = v.looseObject({
  app: v.looseObject({ version: v.string() }),
  /** Name of a prompt to its type (`text`, `password`) and label. */
  prompts: v.record(v.string(), v.tuple([v.string(), v.string()])),
});

/** What a UAA says about itself to anybody. @see uaa-api, section 2.1 */
export type UaaInfo = v.InferInput<typeof infoSchema>;

/** Asks a UAA who it is; no token is needed. */
export interface Info {
  /**
   * @throws {TpksError} `failed` when something answers that is not a UAA; `unavailable` and
   *   `untrusted` as the network has it.
   */
  readonly get: () => Promise<UaaInfo>;
}

/**
 * @param send - throwing for every status that is not a success; unsigned.
 * @param uaa - base URL without a trailing slash; may have a path.
 */
export function createInfo(send: Send, uaa: string): Info {
  return {
    get: async () => {
      let value: unknown;
      try {
        const headers = { accept: 'application/json' };
        value = await readJson(await send({ method: 'GET', url: `${uaa}/info`, headers }));
      } catch (error) {
        throw isOtherServer(error) ? notUaa(uaa, error) : error;
      }
      if (!v.is(infoSchema, value)) throw notUaa(uaa);
      return value;
    },
  };
}

/** Something answered, but a UAA would not have: a wrong path, a proxy, another product. */
function isOtherServer(error: unknown): boolean {
  if (!isTpksError(error) || error.kind === 'untrusted') return false;
  return error.status !== undefined && error.status < 500;
}

function notUaa(uaa: string, cause?: unknown): TpksError {
  return new TpksError('failed', `failed to access URL: ${uaa} answers, but not as a UAA`, {
    hint: 'check the port and the path; the UAA of PKS is at https://API-HOST:8443',
    cause,
  });
}
