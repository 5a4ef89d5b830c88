import type { Trust } from '../http/send.js';
import type { GrantKind } from '../config/settings.js';
import { isTpksError, reworded } from '../errors.js';
import type { StoreKind } from '../keychain/keychain.js';
import { claims, textClaim } from './claims.js';
import { credentialsRejected, explainLoginRefusal, explainTokenRefusal } from './login-refusal.js';
import type { LastingStore, LoginStore, SavedLogin } from './login-store.js';
import type { Grant, TokenClient } from './request-token.js';
import type { Token } from './token.js';

/** Where to log in, and where to store the session. */
export interface LoginOptions {
  readonly target: LoginTarget;
  /** `--name`. */
  readonly name?: string | undefined;
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
   * Tests the store before the user is asked for a secret.
   * @throws {TpksError} `keychain`; `usage` for an invalid store or name.
   */
  readonly start: (options: LoginOptions) => Promise<StartedLogin>;
  /** Describes where a store keeps sessions. */
  readonly describe: (store: StoreKind) => string;
}

export interface LoginsDeps {
  readonly store: Pick<LoginStore, 'prepare' | 'lastingStore' | 'describe'>;
  readonly requestToken: (
    client: TokenClient,
    grant: Grant,
    scope: string | undefined,
  ) => Promise<Token>;
  /** Checks that there is a PKS API that accepts the token. */
  readonly probe: (target: LoginTarget, owner: TokenOwner) => Promise<void>;
  /** Asks the UAA for the name of the user. @throws {TpksError} `forbidden` without the scope openid */
  readonly userName: (target: LoginTarget, accessToken: string) => Promise<string>;
  readonly wantsJson: () => boolean;
  readonly warn: (text: string) => void;
}

export interface TokenOwner {
  readonly accessToken: string;
  readonly identity: string;
  readonly isClient: boolean;
}

export function createLogins(deps: LoginsDeps): Logins {
  const { store } = deps;
  return {
    describe: store.describe,
    start: async (options) => {
      const lastingStore = store.lastingStore(options.store);
      const { save } = await store.prepare(lastingStore, options.name);
      return {
        finish: async (request) => {
          const token = await requestToken(options, request, deps);
          const identity = await identityOf(token, options.target, request, deps);
          if (options.pointer === 'current') await probe(token, identity, options, request, deps);
          const saved = await save(
            {
              ...settingsOf(options.target, request),
              identity,
              name: options.name,
              clientSecret: request.savesSecret === true ? request.clientSecret : undefined,
              makeCurrent: options.pointer,
            },
            token,
          );
          warnOfFileStore(lastingStore, deps);
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
  const { api, uaa, caCert, skipTlsVerification } = target;
  const trust = { caCert, skipTlsVerification };
  const client = { uaa, ...trust, clientId, clientSecret, tokenFormat };
  const explain = pointer === 'current' ? explainLoginRefusal : explainTokenRefusal;
  try {
    return await deps.requestToken(client, grant, scope);
  } catch (error) {
    throw explain(error, { client, api, grant, scope });
  }
}

/** The identity according to the token, otherwise as it was typed, otherwise according to the UAA. */
async function identityOf(
  token: Token,
  target: LoginTarget,
  { clientId, grant }: LoginRequest,
  { userName }: LoginsDeps,
): Promise<string> {
  if (isClientGrant(grant)) return clientId;
  const stated = [token.accessToken, token.idToken ?? ''].flatMap(
    (each) => textClaim(claims(each), 'user_name') ?? [],
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

function settingsOf(
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
function warnOfFileStore(
  store: LastingStore,
  { store: { describe }, wantsJson, warn }: LoginsDeps,
) {
  if (store === 'file' && wantsJson()) warn(`the session is kept in a ${describe('file')}`);
}
