import { committing, storageInMemory, type Storage } from '../storage/storage.js';
import {
  createRouter,
  responseOf,
  ErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../router.js';
import { behaviours, type UaaBehaviour } from './behaviour.js';
import { clientJwtRoutes } from './clients/jwt.js';
import { checkZone, identityZoneRoutes } from './zones.js';
import { passwordScoreRoutes } from './scim/password-policy.js';
import { defaultGroups, seed, type Accounts } from './store/seed.js';
import { createSigningKey } from './oauth/signing-key.js';
import { createState } from './store/state.js';
import { unmatched } from './unmatched.js';
import { containerError, presented } from './container.js';
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
import { browserRoutes } from './browser/login.js';
import { authorizeRoutes } from './browser/authorize.js';

export interface UaaOptions {
  /** Base URL of the server; the issuer of tokens is `/oauth/token` below it. */
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Lifetime of all access tokens; overrides that of each client, e.g. the 600 s of PKS. */
  readonly tokenSeconds?: number | undefined;
  /** Lifetime of all refresh tokens; overrides that of each client. */
  readonly refreshSeconds?: number | undefined;
  /** Each refresh returns a new refresh token and invalidates the old one, as UAA 76.4+ can. */
  readonly rotateRefresh?: boolean | undefined;
  /** The release to simulate; 4.30 if absent. */
  readonly behaviour?: UaaBehaviour | undefined;
  /** For the signing key and all data; in memory if absent. */
  readonly storage?: Storage;
}

/** A UAA without a network: a function from requests to responses. */
export interface Uaa {
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
  readonly accounts: Accounts;
  /** Secret of `pks_client`, with which the PKS API checks tokens. */
  readonly pksClientSecret: string;
}

/**
 * Creates a UAA with the accounts of a PKS installation. It behaves like release 4.30.0, or like a
 * later one in everything that clients can notice.
 *
 * @see https://docs.cloudfoundry.org/api/uaa/version/4.30.0/
 */
export async function createUaa(options: UaaOptions): Promise<Uaa> {
  const { issuer, now, tokenSeconds, refreshSeconds, rotateRefresh = false } = options;
  const { storage = storageInMemory() } = options;
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
      fixed: { accessSeconds: tokenSeconds, refreshSeconds },
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
    // Before the group routes, because `External` is not an id.
    ...mappingRoutes(realm),
    ...groupRoutes(realm),
    ...memberRoutes(realm),
    ...clientBatchRoutes(realm),
    ...clientMetaRoutes(realm),
    ...clientSecretRoutes(realm),
    ...(behaviour.hasClientJwt ? clientJwtRoutes(realm) : []),
    ...clientRoutes(realm),
    ...identityProviderRoutes(realm),
    ...identityZoneRoutes(realm),
    ...tokenKeyRoutes(realm),
    ...wellKnownRoutes(realm),
    ...userinfoRoutes(realm),
    ...revocationRoutes(realm),
    ...browserRoutes(realm),
    ...authorizeRoutes(realm),
  ];
  const route = createRouter(routes, unmatched(routes, realm));
  const answer = async (request: SandboxRequest): Promise<SandboxResponse> => {
    checkPath(request);
    await checkZone(request, realm);
    return route(request);
  };
  return {
    accounts,
    pksClientSecret,
    handle: committing(storage, async (request) => {
      // A slash at the end of a path makes no difference to the real server's routes.
      const path = request.path.replace(/\/$/, '');
      const response = await answer({ ...request, path }).catch(responseOf);
      return presented(request, response, behaviour);
    }),
  };
}

/**
 * Rejects paths that never reach a route on the real server: those with an encoded slash, backslash
 * or zero byte (rejected by Tomcat), a percent sign or a semicolon (rejected by Spring Security).
 *
 * @throws ErrorResponse 400 with Tomcat's page, 500 without details.
 */
function checkPath(request: SandboxRequest): void {
  if (/%(?:2f|5c|00|(?![\da-f]{2}))|\\/i.test(request.path)) throw new ErrorResponse(badRequest);
  if (/%25|%3b|;/i.test(request.path)) throw containerError(request, 500);
}

const badRequest = {
  status: 400,
  headers: { 'content-type': 'text/html;charset=utf-8' },
  body:
    '<!doctype html><html lang="en"><head><title>HTTP Status 400 – Bad Request</title></head>' +
    '<body><h1>HTTP Status 400 – Bad Request</h1></body></html>',
};
