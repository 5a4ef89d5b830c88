import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import { withNeededScope } from './needed-scope.js';
import { addressable } from './path-segment.js';
import { checked, idText } from './scim.js';

const providerSchema = v.looseObject({
  id: idText,
  /** What users and mappings name as their origin. */
  originKey: v.string(),
  /** `uaa`, `ldap`, `saml`, `oidc1.0`, `oauth2.0`, … */
  type: v.string(),
  name: v.optional(v.nullable(v.string())),
  active: v.optional(v.boolean()),
});

/** Where users come from, spelled as UAA spells it. */
export type IdentityProvider = v.InferInput<typeof providerSchema>;

/** UAA's identity providers. Needs the scope `idps.read`. */
export interface IdentityProviders {
  readonly list: () => Promise<readonly IdentityProvider[]>;
  /** @throws {TpksError} `notFound` */
  readonly get: (
    key: { readonly id: string } | { readonly origin: string },
  ) => Promise<IdentityProvider>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createIdentityProviders(send: Send, uaa: string): IdentityProviders {
  const reading = withNeededScope(withRefusalNamed(send), 'idps.read');
  const url = `${uaa}/identity-providers`;
  const fetchFrom = async (address: string): Promise<unknown> => {
    const headers = { accept: 'application/json' };
    // Otherwise the settings come as one text with JSON in it.
    const request = { method: 'GET', url: `${address}?rawConfig=true`, headers };
    return readJson(await reading(request));
  };
  const list = async (): Promise<readonly IdentityProvider[]> =>
    checked(v.array(providerSchema), await fetchFrom(url), 'identity providers');
  return {
    list,
    get: async (key) => {
      if ('origin' in key) {
        const found = byOrigin(await list(), key.origin);
        if (found !== undefined) return found;
        throw notFound(`with the origin ${key.origin}`);
      }
      const id = pathSegment(addressable(key.id, 'Identity provider', 'idps'), 'id');
      try {
        const found = await fetchFrom(`${url}/${id}`);
        return checked(providerSchema, found, 'an identity provider');
      } catch (error) {
        if (!isTpksError(error) || error.status !== 404) throw error;
        throw notFound(`with the id ${key.id}`, error);
      }
    },
  };
}

/** Keys differ by their case; whoever typed another case is understood where that is no other key. */
function byOrigin(all: readonly IdentityProvider[], origin: string): IdentityProvider | undefined {
  const exact = all.find(({ originKey }) => originKey === origin);
  if (exact !== undefined) return exact;
  const [only, ...others] = all.filter(
    ({ originKey }) => originKey.toLowerCase() === origin.toLowerCase(),
  );
  return others.length === 0 ? only : undefined;
}

/** These routes refuse without a word. */
function withRefusalNamed(send: Send): Send {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      if (!isTpksError(error) || error.status !== 403 || error.oauthError !== undefined)
        throw error;
      throw new TpksError('forbidden', error.message, {
        status: 403,
        oauthError: 'insufficient_scope',
        cause: error,
      });
    }
  };
}

function notFound(which: string, cause?: unknown): TpksError {
  return new TpksError('notFound', `There is no identity provider ${which}`, {
    hint: 'tpks uaa idps',
    cause,
    ...(cause === undefined ? {} : { status: 404 }),
  });
}
