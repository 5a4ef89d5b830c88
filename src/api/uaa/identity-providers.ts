import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema } from '../client/api-client.js';
import { translateNotFound } from '../client/api-error.js';
import { isSameName } from './filters.js';
import { createUaaApi } from './uaa-api.js';

const providerType = {
  noun: 'identity provider',
  key: 'id',
  schema: v.looseObject({
    id: segmentSchema,
    /** The value of `origin` in users and group mappings. */
    originKey: v.string(),
    /** E.g. `uaa`, `ldap`, `saml`, `oidc1.0` or `oauth2.0`. */
    type: v.string(),
    name: v.optional(v.nullable(v.string())),
    active: v.optional(v.boolean()),
    config: v.optional(v.unknown()),
  }),
};

export interface NewIdentityProvider {
  readonly originKey: string;
  readonly name: string;
  /** The settings of an OIDC provider. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** An identity provider, with the UAA's own field names. */
export type IdentityProvider = v.InferInput<typeof providerType.schema>;

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

const listCommand = 'tpks uaa idps';

export type IdentityProviders = ReturnType<typeof createIdentityProviders>;

/** Manages the identity providers of a UAA. Reading requires the scope `idps.read`, writing `idps.write`. */
export function createIdentityProviders(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const path = ['identity-providers'];
  // Without this, the UAA returns the settings as a string that contains JSON.
  const query = { rawConfig: 'true' };
  const list = () => api.list(providerType, path, { query });
  return {
    list,
    /** @throws {TpksError} `notFound` */
    get: async (key: { readonly id: string } | { readonly origin: string }) => {
      if ('origin' in key) {
        const found = (await list()).find(({ originKey }) => isSameName(originKey, key.origin));
        if (found !== undefined) return found;
        const message = `Identity provider with the origin ${key.origin} not found`;
        throw new TpksError('notFound', message, { hint: listCommand });
      }
      const { id } = key;
      const provider = api.get(providerType, [...path, id], { query });
      return translateNotFound(provider, `Identity provider with the id ${id}`, listCommand);
    },
    /**
     * Adds an OIDC provider.
     * @throws {TpksError} `conflict` if the origin or the issuer already exists; `failed` for invalid settings.
     * @see docs/contributing/servers/ci.md#trust: error responses repeat the request, without a message
     */
    add: async (provider: NewIdentityProvider) => {
      const body = { type: 'oidc1.0', active: true, ...provider };
      try {
        return await api.write(providerType, 'POST', path, { query, body });
      } catch (error) {
        throw explainRejection(error, provider.originKey);
      }
    },
    /** Replaces the settings of a provider. Keeps its secret. @throws {TpksError} `failed` for invalid settings. */
    update: async (provider: IdentityProvider) => {
      try {
        return await api.write(providerType, 'PUT', [...path, provider.id], {
          query,
          body: provider,
        });
      } catch (error) {
        throw explainRejection(error, provider.originKey);
      }
    },
    /** Deletes a provider with its users and mappings. Memberships of other origins stay behind. */
    remove: (id: string) => api.write(providerType, 'DELETE', [...path, id], { query }),
  };
}

function explainRejection(error: unknown, origin: string): unknown {
  if (!isTpksError(error) || ![400, 409, 422].includes(error.status ?? 0)) return error;
  const [problem, hint] =
    error.status === 409
      ? [
          'the origin or the issuer already exists',
          `another administrator may have added it: run the command again, or ${listCommand}`,
        ]
      : ['its settings are invalid', listCommand];
  const message = `The UAA rejected the identity provider ${origin}: ${problem}`;
  return rewordError(error, { message, hint });
}
