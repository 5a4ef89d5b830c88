import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import type {
  ContextSettings,
  GrantKind,
  IdTokenSettings,
  Role,
} from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import type { StoreKind } from '../../platform/keychain/keychain.js';
import type { ContextKey } from '../contexts/context-names.js';
import { isAllowed } from '../contexts/identity.js';
import { formatLoginCommand, isPksLogin } from '../contexts/login-command.js';
import { missingScopeError, readJob } from './ci/exchange.js';
import { readClaims, readTextClaim } from './claims.js';
import {
  credentialsRejected,
  explainLoginError,
  explainTokenError,
  isResourceServerError,
  notUaaError,
  usernameOf,
} from './login-errors.js';
import { originOf, type LoginStore, type SavedLogin } from './login-store.js';
import type { TokenClient } from './grants.js';
import type { Grant } from './request-token.js';
import type { PersistentStore } from './session-repository.js';
import type { Token } from './token.js';

/** How to log in, with the identity if it is known before the login. */
export type LoginMethod =
  | { readonly kind: 'password'; readonly username: string }
  | {
      readonly kind: 'client';
      readonly clientId: string;
      /** The key of the renewed context. */
      readonly clientKeyFile?: string | undefined;
    }
  | { readonly kind: 'passcode' | 'browser' }
  /** With the ID token of a CI job. */
  | {
      readonly kind: 'ci';
      readonly clientId: string;
      /** Where the renewed context gets its ID token. */
      readonly idToken?: IdTokenSettings | undefined;
    };

export interface LoginOptions {
  readonly target: LoginTarget;
  readonly name?: string | undefined;
  /** `login --context`: the context to renew. Only its own identity can renew it. */
  readonly renewedContext?: string | undefined;
  /** The identity that logs in, if it is known before the login. */
  readonly owner?: Pick<ContextKey, 'identity' | 'clientId' | 'grant'> | undefined;
  readonly store?: string | undefined;
  /** The role that uses the identity from now on. For `pks`, the API must accept the token. */
  readonly role: Role;
}

export interface LoginTarget extends Trust {
  /** Origin of the PKS API; `undefined` if only the UAA is known. */
  readonly api?: string | undefined;
  readonly uaa: string;
  readonly isUaaGuessed?: boolean | undefined;
}

export interface LoginRequest extends Pick<
  TokenClient,
  'clientId' | 'clientSecret' | 'clientKey' | 'tokenFormat'
> {
  readonly grant: Grant;
  /** Space-separated; `undefined` for all scopes that are allowed. */
  readonly scope?: string | undefined;
  /** Where a CI login got its ID token, for renewals. */
  readonly idToken?: IdTokenSettings | undefined;
  /** `--save-secret` */
  readonly saveSecret?: boolean | undefined;
  /** `--write-creds` */
  readonly writeCreds?: boolean | undefined;
}

export interface FinishedLogin extends SavedLogin {
  readonly token: Token;
  readonly storeDescription: string;
  /** Path of the plain-text copy of the session; `undefined` if it was not written. */
  readonly pksCredsPath: string | undefined;
}

export interface LoginsDeps {
  readonly store: Pick<
    LoginStore,
    'test' | 'save' | 'find' | 'selectStore' | 'describe' | 'keysFolder'
  >;
  readonly requestToken: (
    client: TokenClient,
    grant: Grant,
    scope: string | undefined,
  ) => Promise<Token>;
  /** Checks that the server is a PKS API and accepts the token. */
  readonly probe: (target: LoginTarget, owner: TokenOwner) => Promise<void>;
  /** Whether the server responds like a UAA. */
  readonly isUaa: (target: LoginTarget) => Promise<boolean>;
  /** Requests the username from the UAA. @throws {TpksError} `forbidden` without the scope openid. */
  readonly requestUserName: (target: LoginTarget, accessToken: Secret) => Promise<string>;
  /** Writes the plain-text copy of a session, if the user opted in. @returns its path */
  readonly writePksCredsCopy: (
    login: SavedLogin,
    token: Token,
    request: LoginRequest & Pick<LoginOptions, 'role'>,
  ) => Promise<string | undefined>;
  readonly wantsJson: () => boolean;
  readonly warn: (text: string) => void;
}

export interface TokenOwner {
  readonly accessToken: Secret;
  readonly identity: string;
  readonly isClient: boolean;
}

export function createLogins(deps: LoginsDeps) {
  const { store } = deps;
  return {
    describe: (kind: StoreKind): Promise<string> => Promise.resolve(store.describe(kind)),
    /** The folder of the key files of the store `file`. */
    keysFolder: (): Promise<string> => Promise.resolve(store.keysFolder),
    findMethod: async (name: string) => toLoginMethod(name, await store.find(name, undefined)),
    /**
     * Tests the store before the user is prompted for a secret.
     * @throws {TpksError} `keychain`; `usage` for an invalid store or name.
     */
    start: async (options: LoginOptions) => {
      const { target, role, owner } = options;
      const name = options.renewedContext ?? options.name;
      const key = owner && { ...target, ...owner, isOriginUnknown: true };
      const knownContext = await store.find(name, key);
      const testedStore = await store.selectStore(options.store, knownContext);
      await store.test(testedStore, name);
      return {
        /**
         * Requests a token, stores the session and makes the context the current one.
         * @throws {TpksError} `unauthenticated` if the UAA or the API rejects the credentials; `forbidden`
         *   if the API denies access; `unavailable` if the server is not a PKS API; `keychain`.
         */
        finish: async (request: LoginRequest): Promise<FinishedLogin> => {
          if (request.saveSecret === true && request.clientKey !== undefined) throw noSecretError();
          const token = await requestToken(options, request, deps);
          const identity = await findIdentity(token, target, request, deps);
          const settings = { ...toSettings(options, request), identity };
          if (options.renewedContext !== undefined)
            validateIdentity(options.renewedContext, knownContext, {
              ...settings,
              origin: originOf(token),
            });
          if (role === 'pks') {
            checkPksScope(token, target, request);
            await probe(token, identity, options, request, deps);
          }
          const renewed =
            knownContext ?? (await store.find(name, { ...settings, origin: originOf(token) }));
          const selectedStore = await store.selectStore(options.store, renewed);
          if (selectedStore !== testedStore) await store.test(selectedStore, name);
          const clientSecret = request.saveSecret === true ? request.clientSecret : undefined;
          const saved = await store.save(
            { ...settings, store: selectedStore, name, clientSecret, role },
            token,
          );
          warnAboutFileStore(selectedStore, deps);
          const pksCredsPath = await deps.writePksCredsCopy(saved, token, { ...request, role });
          const storeDescription = store.describe(selectedStore);
          return { ...saved, token, storeDescription, pksCredsPath };
        },
      };
    },
  };
}

function noSecretError(): TpksError {
  return new TpksError('usage', 'The client logs in with a key, so there is no secret to store', {
    hint: 'omit --save-secret: tpks reads the key again to renew the token',
  });
}

/**
 * Returns how `tpks login` can renew a context.
 * @throws {TpksError} `notFound`; `usage` with a hint if another command created the context.
 */
function toLoginMethod(name: string, context: ContextSettings | undefined): LoginMethod {
  if (context === undefined) {
    throw new TpksError('notFound', `Context ${name} not found`, {
      unknownName: { kind: 'contexts', name },
      hint: 'run tpks contexts to list them',
    });
  }
  const { identity, grant, clientId, clientKeyFile, idToken } = context;
  if (!isPksLogin(context)) {
    throw new TpksError('usage', `Context ${name} was not created by tpks login`, {
      hint: formatLoginCommand({ ...context, name }),
    });
  }
  if (grant === 'client_credentials') return { kind: 'client', clientId, clientKeyFile };
  if (grant === 'password') return { kind: 'password', username: identity };
  if (grant === 'jwt_bearer') return { kind: 'ci', clientId, idToken };
  return { kind: grant === 'passcode' ? 'passcode' : 'browser' };
}

/** @throws {TpksError} `usage` if the login is not for the identity of the renewed context. */
function validateIdentity(
  name: string,
  renewed: ContextSettings | undefined,
  { identity, grant, origin }: Pick<ContextKey, 'identity' | 'grant' | 'origin'>,
): void {
  const isClient = grant === 'client_credentials';
  const wasClient = renewed?.grant === 'client_credentials';
  const isSameName = renewed?.identity === identity && isClient === wasClient;
  // Clients have no origin, and version 0.1.0 stored none.
  const origins = [renewed?.origin, origin].filter((each) => each !== undefined);
  if (isSameName && new Set(origins).size < 2) return;
  const [oldOrigin, newOrigin] = isSameName ? origins.map((each) => ` (${each})`) : [];
  throw new TpksError(
    'usage',
    `Context ${name} belongs to ${renewed?.identity ?? 'another identity'}${oldOrigin ?? ''}, but ${identity}${newOrigin ?? ''} has logged in: nothing was stored`,
    { hint: `omit --context to create a context for ${identity}` },
  );
}

async function requestToken(
  { target, role }: LoginOptions,
  { grant, scope, clientId, clientSecret, clientKey, tokenFormat }: LoginRequest,
  deps: LoginsDeps,
): Promise<Token> {
  const { api, ...server } = target;
  const client = { ...server, clientId, clientSecret, clientKey, tokenFormat };
  const explain = role === 'pks' ? explainLoginError : explainTokenError;
  try {
    return await deps.requestToken(client, grant, scope);
  } catch (error) {
    if (isResourceServerError(error) && !(await deps.isUaa(target))) {
      throw notUaaError(server.uaa, error);
    }
    throw explain(error, { client, api, grant, scope });
  }
}

/** Finds the identity in the token, otherwise in the user's input, otherwise with a request to the UAA. */
async function findIdentity(
  token: Token,
  target: LoginTarget,
  { clientId, grant }: LoginRequest,
  { requestUserName: userName }: LoginsDeps,
): Promise<string> {
  if (isClientGrant(grant)) return clientId;
  const claimedName = [token.accessToken, token.idToken]
    .map((each) => each && readTextClaim(readClaims(each), 'user_name'))
    .find((each) => each !== undefined);
  const known = claimedName ?? usernameOf(grant);
  if (known !== undefined) return known;
  try {
    return await userName(target, token.accessToken);
  } catch (error) {
    // The token is valid, but lacks the scope for this request.
    if (isTpksError(error) && error.kind === 'forbidden') return 'unknown';
    throw error;
  }
}

/** The UAA also logs in a job whose user is in no group. */
function checkPksScope(
  token: Token,
  { uaa }: LoginTarget,
  { grant, clientId }: LoginRequest,
): void {
  if (grant.kind !== 'jwt_bearer' || isAllowed('pks', token.scope.split(' '))) return;
  throw missingScopeError(readJob(grant.idToken), { uaa, clientId });
}

async function probe(
  { accessToken }: Token,
  identity: string,
  { target }: LoginOptions,
  { grant, clientId }: LoginRequest,
  deps: LoginsDeps,
): Promise<void> {
  try {
    await deps.probe(target, { accessToken, identity, isClient: isClientGrant(grant) });
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
    const checkApproval =
      grant.kind === 'jwt_bearer'
        ? `, and that the client ${clientId} has autoapprove (tpks uaa client get ${clientId})`
        : '';
    throw rewordError(error, {
      message: credentialsRejected,
      hint: `the UAA accepted the credentials of ${identity}, but the API at ${target.api ?? ''} rejected the token: check that ${target.uaa} is its UAA${checkApproval}`,
    });
  }
}

function toSettings(
  { role, target: { api, uaa, caCert, skipTlsVerification } }: LoginOptions,
  { clientId, clientSecret, clientKey, grant, scope, tokenFormat, idToken }: LoginRequest,
) {
  return {
    // `tpks uaa` does not check the API: the first PKS command does, and stores it.
    api: role === 'pks' ? api : undefined,
    uaa,
    caCert,
    skipTlsVerification,
    clientId,
    grant: toGrantKind(grant),
    scope,
    tokenFormat,
    isPublicClient: clientSecret === undefined ? true : undefined,
    idToken,
    clientKeyFile: clientKey?.path,
  };
}

function isClientGrant(grant: Grant): boolean {
  return toGrantKind(grant) === 'client_credentials';
}

function toGrantKind(grant: Grant): GrantKind {
  if (grant.kind === 'posted_credentials') return 'implicit';
  return grant.kind === 'refresh_token' ? grant.originalGrant : grant.kind;
}

/** Only with JSON output: the text output mentions the store anyway. */
function warnAboutFileStore(
  store: PersistentStore,
  { store: { describe }, wantsJson, warn }: LoginsDeps,
) {
  if (store === 'file' && wantsJson()) warn(`the session is stored in a ${describe('file')}`);
}
