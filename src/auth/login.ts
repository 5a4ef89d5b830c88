import type { Trust } from '../http/send.js';
import type { GrantKind } from '../config/settings.js';
import type { ContextKey } from '../contexts/context-name.js';
import { isTpksError, reworded } from '../errors.js';
import type { Secret } from '../secret.js';
import type { StoreKind } from '../keychain/keychain.js';
import { claims, textClaim } from './claims.js';
import { validateIdentity, toLoginMethod, type LoginMethod } from './login-method.js';
import { credentialsRejected, explainLoginError, explainTokenError } from './login-refusal.js';
import { originOf, type LastingStore, type LoginStore, type SavedLogin } from './login-store.js';
import type { Grant, TokenClient } from './request-token.js';
import type { Token } from './token.js';

/** Where to log in, and where to store the session. */
export interface LoginOptions {
  readonly target: LoginTarget;
  /** `--name`. */
  readonly name?: string | undefined;
  /** `login --context`: the context to renew, which only its own identity can. */
  readonly renews?: string | undefined;
  /** Who is going to log in, if that is known before. */
  readonly owner?: Pick<ContextKey, 'identity' | 'clientId' | 'grant'> | undefined;
  /** `--store`. */
  readonly store?: string | undefined;
  /** The pointer that is set: `current` for a login at a PKS API, which is probed then. */
  readonly pointer: 'current' | 'currentUaa';
}

export interface LoginTarget extends Trust {
  /** Origin of the PKS API; `undefined` if only the UAA is known. */
  readonly api?: string | undefined;
  readonly uaa: string;
}

/** The client and the grant, with all secrets at hand. */
export interface LoginRequest extends Pick<
  TokenClient,
  'clientId' | 'clientSecret' | 'tokenFormat'
> {
  readonly grant: Grant;
  /** Blank-separated; all that are allowed if absent. */
  readonly scope?: string | undefined;
  /** `--save-secret` */
  readonly savesSecret?: boolean | undefined;
}

/** A login whose store was tested, so that the user can be asked for secrets. */
export interface StartedLogin {
  /**
   * Requests a token, stores the session and sets the pointer.
   * @throws {TpksError} `unauthenticated` if the UAA or the API rejects the credentials; `forbidden`
   *   if the API denies access; `unavailable` for another server than a PKS API; `keychain`
   */
  readonly finish: (request: LoginRequest) => Promise<FinishedLogin>;
}

export interface FinishedLogin extends SavedLogin {
  readonly token: Token;
  /** Where the session is stored, for the user. */
  readonly storeDescription: string;
}

/** Logs users and clients in. */
export interface Logins {
  /**
   * How to renew a context with `tpks login`.
   * @throws {TpksError} `notFound`; `usage` for a context that another command created, with a hint
   */
  readonly methodOf: (context: string) => Promise<LoginMethod>;
  /**
   * Tests the store before the user is asked for a secret.
   * @throws {TpksError} `keychain`; `usage` for an invalid store or name.
   */
  readonly start: (options: LoginOptions) => Promise<StartedLogin>;
  /** Describes where a store keeps sessions. */
  readonly describe: (store: StoreKind) => string;
}

export interface LoginsDeps {
  readonly store: Pick<LoginStore, 'prepare' | 'find' | 'selectStore' | 'describe'>;
  readonly requestToken: (
    client: TokenClient,
    grant: Grant,
    scope: string | undefined,
  ) => Promise<Token>;
  /** Checks that there is a PKS API that accepts the token. */
  readonly probe: (target: LoginTarget, owner: TokenOwner) => Promise<void>;
  /** Asks the UAA for the name of the user. @throws {TpksError} `forbidden` without the scope openid */
  readonly userName: (target: LoginTarget, accessToken: Secret) => Promise<string>;
  readonly wantsJson: () => boolean;
  readonly warn: (text: string) => void;
}

export interface TokenOwner {
  readonly accessToken: Secret;
  readonly identity: string;
  readonly isClient: boolean;
}

export function createLogins(deps: LoginsDeps): Logins {
  const { store } = deps;
  return {
    describe: store.describe,
    methodOf: async (name) => toLoginMethod(name, await store.find(name, undefined)),
    start: async (options) => {
      const { target, pointer, owner, renews } = options;
      const name = renews ?? options.name;
      const key = owner && { ...target, ...owner, isOriginUnknown: true };
      let renewed = await store.find(name, key);
      let lastingStore = store.selectStore(options.store, renewed);
      let prepared = await store.prepare(lastingStore, name);
      return {
        finish: async (request) => {
          const token = await requestToken(options, request, deps);
          const identity = await findIdentity(token, target, request, deps);
          const settings = { ...toSettings(target, request), identity };
          if (renews !== undefined) validateIdentity(renews, renewed, settings);
          if (pointer === 'current') await probe(token, identity, options, request, deps);
          if (renewed === undefined) {
            renewed = await store.find(name, { ...settings, origin: originOf(token) });
            const found = store.selectStore(options.store, renewed);
            if (found !== lastingStore) prepared = await store.prepare(found, name);
            lastingStore = found;
          }
          const clientSecret = request.savesSecret === true ? request.clientSecret : undefined;
          const saved = await prepared.save(
            { ...settings, name, clientSecret, pointer: pointer },
            token,
          );
          warnAboutFileStore(lastingStore, deps);
          return { ...saved, token, storeDescription: store.describe(lastingStore) };
        },
      };
    },
  };
}

async function requestToken(
  { target, pointer }: LoginOptions,
  { grant, scope, clientId, clientSecret, tokenFormat }: LoginRequest,
  deps: LoginsDeps,
): Promise<Token> {
  const { api, uaa, caCert, skipTlsVerification, trustCommand } = target;
  const trust = { caCert, skipTlsVerification, trustCommand };
  const client = { uaa, ...trust, clientId, clientSecret, tokenFormat };
  const explain = pointer === 'current' ? explainLoginError : explainTokenError;
  try {
    return await deps.requestToken(client, grant, scope);
  } catch (error) {
    throw explain(error, { client, api, grant, scope });
  }
}

/** The identity according to the token, otherwise as it was typed, otherwise according to the UAA. */
async function findIdentity(
  token: Token,
  target: LoginTarget,
  { clientId, grant }: LoginRequest,
  { userName }: LoginsDeps,
): Promise<string> {
  if (isClientGrant(grant)) return clientId;
  const stated = [token.accessToken, token.idToken].flatMap(
    (each) => (each && textClaim(claims(each), 'user_name')) ?? [],
  );
  const typed =
    'username' in grant ? grant.username : 'identity' in grant ? grant.identity : undefined;
  const known = stated[0] ?? typed;
  if (known !== undefined) return known;
  try {
    return await userName(target, token.accessToken);
  } catch (error) {
    // The token is valid, but has no scope for this request.
    if (isTpksError(error) && error.kind === 'forbidden') return 'unknown';
    throw error;
  }
}

async function probe(
  { accessToken }: Token,
  identity: string,
  { target }: LoginOptions,
  { grant }: LoginRequest,
  deps: LoginsDeps,
): Promise<void> {
  try {
    await deps.probe(target, { accessToken, identity, isClient: isClientGrant(grant) });
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
    throw reworded(error, {
      message: credentialsRejected,
      hint: `the UAA accepted them, but the API at ${target.api ?? ''} rejects the token: check that ${target.uaa} is its UAA`,
    });
  }
}

function toSettings(
  { api, uaa, caCert, skipTlsVerification }: LoginTarget,
  { clientId, clientSecret, grant, scope, tokenFormat }: LoginRequest,
) {
  return {
    api,
    uaa,
    caCert,
    skipTlsVerification,
    clientId,
    grant: grantKind(grant),
    scope,
    tokenFormat,
    isPublicClient: clientSecret === undefined ? true : undefined,
  };
}

function isClientGrant(grant: Grant): boolean {
  return grantKind(grant) === 'client_credentials';
}

/** The grant that the settings name. */
function grantKind(grant: Grant): GrantKind {
  if (grant.kind === 'posted_credentials') return 'implicit';
  return grant.kind === 'refresh_token' ? grant.startedBy : grant.kind;
}

/** The text for users mentions the store anyway. */
function warnAboutFileStore(
  store: LastingStore,
  { store: { describe }, wantsJson, warn }: LoginsDeps,
) {
  if (store === 'file' && wantsJson()) warn(`the session is kept in a ${describe('file')}`);
}
