import { withCommit, createMemoryStorage, type Storage } from '../storage/storage.js';
import {
  createRouter,
  toErrorResponse,
  ErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { behaviours, type UaaRelease } from './behaviour.js';
import { clientJwtRoutes } from './clients/jwt.js';
import { checkZone, identityZoneRoutes } from './zones.js';
import { passwordScoreRoutes } from './scim/password-policy.js';
import { defaultGroups, seed, type Accounts } from './store/seed.js';
import { createSigningKey } from './oauth/signing-key.js';
import { createState } from './store/state.js';
import { createFallbackHandler } from './fallback-handler.js';
import { containerError, finishResponse } from './servlet-container.js';
import { infoRoutes } from './info.js';
import { tokenRoutes } from './oauth/token-endpoint.js';
import { checkTokenRoutes } from './oauth/check-token.js';
import { userRoutes } from './scim/users.js';
import { userAccountRoutes } from './scim/user-account.js';
import { userIdRoutes } from './scim/user-ids.js';
import { mappingRoutes } from './scim/mappings.js';
import { groupRoutes } from './scim/groups.js';
import { memberRoutes } from './scim/members.js';
import { clientBatchRoutes } from './clients/batches.js';
import { clientMetaRoutes } from './clients/meta.js';
import { clientSecretRoutes } from './clients/secrets.js';
import { clientRoutes } from './clients/clients.js';
import { identityProviderRoutes } from './identity-providers.js';
import { tokenKeyRoutes, wellKnownRoutes } from './oauth/discovery.js';
import { userinfoRoutes } from './oauth/userinfo.js';
import { revocationRoutes } from './oauth/revocation.js';
import { browserRoutes } from './browser/login-routes.js';
import { accountRoutes } from './accounts/routes.js';
import { authorizeRoutes } from './browser/authorize-routes.js';

export interface UaaOptions {
  /** Base URL of the server. The `iss` claim of tokens is this URL followed by `/oauth/token`. */
  readonly issuer: string;
  /** Returns the current time in epoch milliseconds. */
  readonly now: () => number;
  /** Lifetime of all access tokens in seconds; overrides the clients' own lifetimes. PKS uses 600. */
  readonly tokenSeconds?: number | undefined;
  /** Lifetime of all refresh tokens in seconds; overrides the clients' own lifetimes. */
  readonly refreshSeconds?: number | undefined;
  /**
   * Whether each refresh returns a new refresh token and invalidates the old one, as UAA 76.4 and
   * later can be configured to do.
   */
  readonly rotateRefresh?: boolean | undefined;
  /** The release to simulate (default: 4.30). */
  readonly behaviour?: UaaRelease | undefined;
  /** Where to store the signing key and all data (default: in memory). */
  readonly storage?: Storage;
}

/** A UAA without a network server: `handle` maps each request to a response. */
export interface Uaa {
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  readonly accounts: Accounts;
  /** Secret of the client `pks_client`, which the PKS API uses to check tokens. */
  readonly pksClientSecret: string;
}

/**
 * Creates a UAA with the accounts of a PKS installation. It behaves like release 4.30.0, unless the
 * options select a later release.
 *
 * @see https://docs.cloudfoundry.org/api/uaa/version/4.30.0/
 */
export async function createUaa(options: UaaOptions): Promise<Uaa> {
  const { issuer, now, tokenSeconds, refreshSeconds, rotateRefresh = false } = options;
  const { storage = createMemoryStorage() } = options;
  const behaviour = behaviours[options.behaviour ?? '4.30'];
  const state = createState(now, defaultGroups, behaviour, storage);
  const { pksClientSecret, ...accounts } = seed(state);
  const realm = {
    state,
    key: await createSigningKey(issuer, behaviour.padsModulus, storage),
    settings: {
      issuer,
      accessSeconds: tokenSeconds ?? 43_200,
      refreshSeconds: refreshSeconds ?? 2_592_000,
      overrides: { accessSeconds: tokenSeconds, refreshSeconds },
      rotateRefresh,
      behaviour,
    },
  };
  storage.commit();
  const routes = [
    ...infoRoutes(realm),
    ...tokenRoutes(realm),
    ...checkTokenRoutes(realm),
    ...userRoutes(realm),
    ...userAccountRoutes(realm),
    ...userIdRoutes(realm),
    ...(behaviour.hasPasswordScore ? passwordScoreRoutes() : []),
    // These must precede the group routes, which would treat `External` as a group id.
    ...mappingRoutes(realm),
    ...groupRoutes(realm),
    ...memberRoutes(realm),
    ...clientBatchRoutes(realm),
    ...clientMetaRoutes(realm),
    ...clientSecretRoutes(realm),
    ...(behaviour.hasClientJwtKeys ? clientJwtRoutes(realm) : []),
    ...clientRoutes(realm),
    ...identityProviderRoutes(realm),
    ...identityZoneRoutes(realm),
    ...tokenKeyRoutes(realm),
    ...wellKnownRoutes(realm),
    ...userinfoRoutes(realm),
    ...revocationRoutes(realm),
    ...accountRoutes(realm),
    ...browserRoutes(realm),
    ...authorizeRoutes(realm),
  ];
  const route = createRouter(routes, createFallbackHandler(routes, realm));
  const respond = async (request: SandboxRequest): Promise<SandboxResponse> => {
    rejectUnroutablePath(request);
    await checkZone(request, realm);
    return route(request);
  };
  return {
    accounts,
    pksClientSecret,
    handle: withCommit(storage, async (request) => {
      // The real server ignores a trailing slash in paths.
      const path = request.path.replace(/\/$/, '');
      const response = await respond({ ...request, path }).catch(toErrorResponse);
      return finishResponse(request, response, behaviour);
    }),
  };
}

/**
 * Rejects paths that never reach a route on the real server. Tomcat rejects backslashes, invalid
 * escapes, and encoded slashes, backslashes and zero bytes. Spring Security rejects semicolons and
 * encoded percent signs.
 *
 * @throws ErrorResponse 400 with Tomcat's error page, or 500 without a description.
 */
function rejectUnroutablePath(request: SandboxRequest): void {
  if (/%(?:2f|5c|00|(?![\da-f]{2}))|\\/i.test(request.path)) {
    throw new ErrorResponse(tomcatBadRequest);
  }
  if (/%25|%3b|;/i.test(request.path)) throw containerError(request, 500);
}

const tomcatBadRequest = {
  status: 400,
  headers: { 'content-type': 'text/html;charset=utf-8' },
  body:
    '<!doctype html><html lang="en"><head><title>HTTP Status 400 \u2013 Bad Request</title></head>' +
    '<body><h1>HTTP Status 400 \u2013 Bad Request</h1></body></html>',
};
