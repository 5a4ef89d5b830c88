import { withCommit, createMemoryStorage, type Storage } from '../storage/storage.js';
import {
  createRouter,
  decodePath,
  toErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { approvalRoutes } from './approvals.js';
import { behaviours, type UaaRelease } from './behaviour.js';
import { clientJwtRoutes } from './clients/jwt.js';
import { createZoneRealms, createZoneRouter, renameZone } from './zone-realm.js';
import { checkHost, selectZone } from './zones/zones.js';
import type { Realm } from './realm.js';
import { identityZoneRoutes } from './zones/identity-zones.js';
import { passwordScoreRoutes } from './scim/password-policy.js';
import { defaultGroups, seed, type Accounts } from './store/seed.js';
import { createSigningKey } from './oauth/signing-key.js';
import { createState } from './store/state.js';
import { createFallbackHandler } from './http/fallback-handler.js';
import { checkRequestTarget, decodeUnreserved, findRoutePath } from './http/request-target.js';
import { finishResponse } from './http/servlet-container.js';
import { checkCors } from './http/cors.js';
import { checkToken, respondToOptions } from './http/filter-chain.js';
import { infoRoutes } from './info.js';
import { tokenRoutes } from './oauth/token-endpoint.js';
import { checkTokenRoutes } from './oauth/check-token.js';
import { userRoutes } from './scim/users.js';
import { userAccountRoutes } from './scim/user-account.js';
import { userIdRoutes } from './scim/user-ids.js';
import { mappingRoutes } from './scim/mappings.js';
import { groupRoutes } from './scim/groups.js';
import { zoneManagerRoutes } from './scim/zone-managers.js';
import { memberRoutes } from './scim/members.js';
import { clientBatchRoutes } from './clients/batches.js';
import { clientInfoRoutes } from './clients/info.js';
import { clientMetaRoutes } from './clients/meta.js';
import { clientSecretRoutes } from './clients/secrets.js';
import { clientRoutes } from './clients/clients.js';
import { mfaProviderRoutes } from './providers/mfa-providers.js';
import { identityProviderRoutes } from './providers/identity-providers.js';
import { tokenKeyRoutes, wellKnownRoutes } from './oauth/discovery.js';
import { userinfoRoutes } from './oauth/userinfo.js';
import { revocationRoutes } from './oauth/revocation.js';
import { browserRoutes } from './browser/login-routes.js';
import { accountRoutes } from './accounts/routes.js';
import { authorizeRoutes } from './browser/authorize-routes.js';
import { autologinRoutes } from './browser/autologin.js';
import { withPageChain } from './browser/page-chain.js';
import { otherPageRoutes } from './browser/other-pages.js';

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
  /** Host names to accept, in addition to `localhost`, `127.0.0.1` and the host of the issuer. */
  readonly hostNames?: readonly string[] | undefined;
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
  const realm: Realm = {
    state,
    key: await createSigningKey(issuer, behaviour.padsModulus, storage),
    settings: {
      issuer,
      accessSeconds: tokenSeconds ?? 43_200,
      refreshSeconds: refreshSeconds ?? 2_592_000,
      overrides: { accessSeconds: tokenSeconds, refreshSeconds },
      rotateRefresh,
      behaviour,
      hostNames: ['localhost', '127.0.0.1', new URL(issuer).hostname, ...(options.hostNames ?? [])],
    },
    zoneRealm: (zone) => zoneRealms.find(zone),
    deleteZoneData: (zone) => zoneRealms.delete(zone),
  };
  const zoneRealms = createZoneRealms(realm, storage);
  storage.commit();
  const route = createRoute(realm);
  const routeToZone = createZoneRouter(realm, createRoute);
  const respond = async (request: SandboxRequest, fullPath: string): Promise<SandboxResponse> => {
    checkRequestTarget({ ...request, path: fullPath });
    const corsHeaders = checkCors(request);
    checkHost(request, realm);
    const pageChain = withPageChain(realm, ({ csrfToken }) =>
      filter(csrfToken === undefined ? request : { ...request, csrfToken }, fullPath),
    );
    const pageRequest = { ...request, path: fullPath };
    const response = await Promise.resolve(pageChain(pageRequest, {})).catch(toErrorResponse);
    return { ...response, headers: { ...response.headers, ...corsHeaders } };
  };
  const filter = async (request: SandboxRequest, fullPath: string): Promise<SandboxResponse> => {
    const zone = await selectZone(request, realm);
    const routeInZone = async () => {
      await checkToken(request, decodePath(fullPath), realm);
      const optionsResponse =
        request.method === 'OPTIONS' ? respondToOptions(request, request.path, realm) : undefined;
      return optionsResponse ?? (zone ? routeToZone(zone, request) : route(request));
    };
    if (!zone) return routeInZone();
    return renameZone(await routeInZone().catch(toErrorResponse), zone);
  };
  return {
    accounts,
    pksClientSecret,
    handle: withCommit(storage, async (request) => {
      const fullPath = decodeUnreserved(request.path);
      const routed = { ...request, path: findRoutePath(fullPath) };
      const response = await respond(routed, fullPath).catch(toErrorResponse);
      return finishResponse(routed, response, behaviour);
    }),
  };
}

/** Creates the routes of a zone. */
function createRoute(realm: Realm): (request: SandboxRequest) => Promise<SandboxResponse> {
  const { behaviour } = realm.settings;
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
    ...zoneManagerRoutes(realm),
    ...groupRoutes(realm),
    ...memberRoutes(realm),
    ...clientInfoRoutes(realm),
    ...clientBatchRoutes(realm),
    ...clientMetaRoutes(realm),
    ...clientSecretRoutes(realm),
    ...(behaviour.hasClientJwtKeys ? clientJwtRoutes(realm) : []),
    ...clientRoutes(realm),
    ...identityProviderRoutes(realm),
    ...identityZoneRoutes(realm),
    ...approvalRoutes(realm),
    ...(behaviour.hasMfa ? mfaProviderRoutes(realm) : []),
    ...tokenKeyRoutes(realm),
    ...wellKnownRoutes(realm),
    ...userinfoRoutes(realm),
    ...revocationRoutes(realm),
    ...accountRoutes(realm),
    ...browserRoutes(realm),
    ...authorizeRoutes(realm),
    ...autologinRoutes(realm),
    ...otherPageRoutes(realm),
  ];
  return createRouter(routes, createFallbackHandler(routes, realm));
}
