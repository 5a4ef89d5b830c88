import {
  createRouter,
  decodePercent,
  empty,
  findMethods,
  toErrorResponse,
  type Handler,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { createMemoryStorage, withCommit, type Storage } from '../storage.js';
import { checkAccess } from './access.js';
import { behaviours, type UaaRelease } from './uaa-releases.js';
import { createAuthorizeRoutes } from './browser/authorize-route.js';
import { createBrowserRoutes } from './browser/login.js';
import { withPageSecurity } from './browser/page-security.js';
import { createClientCredentialRoutes } from './client-secrets-and-keys.js';
import { createClientRoutes } from './clients.js';
import { statusError } from './errors.js';
import { createIdentityProviderRoutes } from './identity-providers.js';
import { createInfoRoutes } from './info.js';
import { createIssuedTokenRoutes } from './oauth/issued-tokens.js';
import { createSigningKey } from './oauth/signing-key.js';
import { createTokenRoutes } from './oauth/token-endpoint.js';
import type { Realm, Zone } from './realm.js';
import { addReviewData } from './review-data.js';
import { createGroupRoutes } from './scim/groups.js';
import { createMappingRoutes } from './scim/mappings.js';
import { createUserRoutes } from './scim/users.js';
import { defaultGroups, seed, type Accounts } from './store/seed.js';
import { createState } from './store/state.js';
import { createZoneRealm, defaultZone, createZoneRoutes } from './zones.js';

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
  /** Hostnames to accept, in addition to `localhost`, `127.0.0.1` and the host of the issuer. */
  readonly hostnames?: readonly string[] | undefined;
  /** The release to simulate (default: 77). */
  readonly behaviour?: UaaRelease | undefined;
  /** PEM of the CA for connections to identity providers (default: Node's CAs). */
  readonly issuerCa?: string | undefined;
  /** Whether a new UAA also contains data for `tpks access` to report (default: no). */
  readonly hasReviewData?: boolean | undefined;
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
 * Creates a UAA with the accounts of a PKS installation.
 * @see https://docs.cloudfoundry.org/api/uaa/version/77.19.0/
 */
export async function createUaa(options: UaaOptions): Promise<Uaa> {
  const { issuer, now, tokenSeconds, refreshSeconds, rotateRefresh = false } = options;
  const { storage = createMemoryStorage() } = options;
  const behaviour = behaviours[options.behaviour ?? '77'];
  const state = createState(now, defaultGroups, behaviour, storage);
  const isNew = state.clients.size() === 0;
  const { pksClientSecret, ...accounts } = seed(state);
  if (isNew && options.hasReviewData) addReviewData(state, behaviour);
  const realm: Realm = {
    state,
    zone: defaultZone,
    key: await createSigningKey(issuer, behaviour.padsModulus, storage),
    settings: {
      issuer,
      accessSeconds: tokenSeconds ?? 43_200,
      refreshSeconds: refreshSeconds ?? 2_592_000,
      overrides: { accessSeconds: tokenSeconds, refreshSeconds },
      rotateRefresh,
      behaviour,
      issuerCa: options.issuerCa,
      hostnames: ['localhost', '127.0.0.1', new URL(issuer).hostname, ...(options.hostnames ?? [])],
    },
  };
  storage.commit();
  const routers = new Map<Zone, Handler>([[defaultZone, createZoneRouter(realm)]]);
  const findRouter = (zone: Zone): Handler => {
    const router = routers.get(zone) ?? createZoneRouter(createZoneRealm(zone, realm, storage));
    routers.set(zone, router);
    return router;
  };
  const handleAllowed = withPageSecurity(realm, async (request, params) => {
    const zone = await checkAccess(request, decodePercent(request.path), realm);
    return findRouter(zone)(request, params);
  });
  const respond = async (request: SandboxRequest): Promise<SandboxResponse> => {
    checkRequest(request, realm);
    const response = await handleAllowed(request, {});
    checkAccept(request, response);
    return response;
  };
  return {
    accounts,
    pksClientSecret,
    handle: withCommit(storage, async (request) => {
      const routed = { ...request, path: removeTrailingSlash(request.path) };
      const response = await respond(routed).catch(toErrorResponse);
      return { ...response, headers: { ...defaultHeaders, ...response.headers } };
    }),
  };
}

const defaultHeaders = { 'cache-control': 'no-store', 'x-frame-options': 'DENY' };

/** Paths for which the UAA has a security rule that matches only without a slash at the end. */
const exactPaths =
  /^\/(info|login|userinfo|check_token|introspect|token_keys?|ids\/Users|\.well-known\/[^/]+)\/$/;

function removeTrailingSlash(path: string): string {
  return exactPaths.test(path) ? path : path.replace(/(?<=.)\/$/, '');
}

/** Rejects a request if the response is JSON, but the client does not accept JSON. */
function checkAccept(request: SandboxRequest, { status, headers }: SandboxResponse): void {
  const { accept } = request.headers;
  const isJson = status < 400 && String(headers['content-type']).includes('json');
  if (!isJson || !accept || request.path === '/oauth/token') return;
  if (!/\*\/\*|application\/\*|json/i.test(accept)) throw statusError(request, 406);
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Rejects unknown methods, malformed paths, and requests for another hostname, which a web page in
 * the user's browser may have sent.
 */
function checkRequest(request: SandboxRequest, { settings }: Realm): void {
  const { path, headers } = request;
  const name = headers['host']?.toLowerCase().replace(/:\d*$/, '');
  const isKnown = name === undefined || settings.hostnames.includes(name);
  if (!isKnown || !URL.canParse(request.origin)) throw statusError(request, 404);
  if (!methods.includes(request.method)) throw statusError(request, 400);
  const hasInvalidEscape = /%(?![\da-f]{2})/i.test(path);
  if (hasInvalidEscape || /%(00|0a|0d|25|2f|3b|5c)|\/\/|\/\.\.?(\/|$)|;/i.test(path)) {
    throw statusError(request, 400);
  }
}

function createZoneRouter(realm: Realm): Handler {
  const routes = [
    ...createInfoRoutes(realm),
    ...createTokenRoutes(realm),
    ...createIssuedTokenRoutes(realm),
    ...createUserRoutes(realm),
    // These must precede the group routes, which would treat `External` as a group ID.
    ...createMappingRoutes(realm),
    ...createGroupRoutes(realm),
    ...createClientRoutes(realm),
    ...createClientCredentialRoutes(realm),
    ...createIdentityProviderRoutes(realm),
    ...createZoneRoutes(realm),
    ...createBrowserRoutes(realm),
    ...createAuthorizeRoutes(realm),
  ];
  return createRouter(routes, (request) => rejectRequest(request, routes));
}

function rejectRequest(request: SandboxRequest, routes: readonly Route[]): SandboxResponse {
  const methods = findMethods(routes, request.path);
  const allow = methods.join(', ');
  if (methods.length === 0) throw statusError(request, 404);
  if (request.method === 'OPTIONS') return empty(200, { allow });
  throw statusError(request, 405, { allow });
}
