import type { Clock } from '../../base/clock.js';
import { isTpksError, messageWithHost, TpksError, rewordError } from '../../base/errors.js';
import { redact, Secret } from '../../base/secret.js';
import type { Environment } from '../../platform/config/environment.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import { isForInstallation, describeIntendedServer } from '../contexts/addresses.js';
import type { Context } from '../contexts/context.js';
import { formatLoginCommand } from '../contexts/login-command.js';
import type { Grants } from './grants.js';
import { readEnvironmentCredentials, readEnvironmentSecret, type ReadStdin } from './secrets.js';
import type { StoredSession } from './session-content.js';
import type { Renewal, SessionRepository } from './session-repository.js';
import type { Token } from './token.js';

/** The tokens of a context. They are renewed if necessary. */
export interface Session {
  /**
   * Returns an access token that is valid for at least the time that a request takes.
   * @throws {TpksError} `unauthenticated` if there is no session or the UAA rejects the refresh token.
   * @see RFC 6749, section 6
   */
  readonly accessToken: (options?: AccessTokenOptions) => Promise<Secret>;
  /**
   * Returns the stored session without renewing the token. Reads it only if this run has not read or
   * written it yet.
   * @returns `undefined` if no session is stored.
   */
  readonly readStored: () => Promise<StoredSession | undefined>;
}

export interface AccessTokenOptions {
  /** An access token that a server has rejected. It is not returned again. */
  readonly rejected?: Secret | undefined;
  /** Renew the token if its remaining lifetime is shorter (`token --min-ttl`). */
  readonly minimumSeconds?: number | undefined;
}

export interface SessionDeps<Location> {
  readonly sessions: Pick<SessionRepository<Location>, 'load' | 'save'>;
  readonly location: Location;
  /**
   * Sends one token request, with the refresh token or with credentials.
   * @param stored - `undefined` if there is no session.
   * @throws {TpksError} `unauthenticated` if there is neither a refresh token nor a secret.
   */
  readonly renew: (stored: StoredSession | undefined) => Promise<Token>;
  /** Called with the new tokens after they are stored, before another process can renew them. */
  readonly onRenewed?: ((session: StoredSession) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** The command that starts a new session, for hints. */
  readonly loginCommand: string;
}

export function createSession<Location>(deps: SessionDeps<Location>): Session {
  const { sessions, location, clock, loginCommand } = deps;
  // Kept so that a command decrypts the session only once, unless another process renews it.
  let cached: StoredSession | undefined;
  const load = async (): Promise<StoredSession | undefined> => {
    cached = await sessions.load(location);
    return cached;
  };

  const request: Renewal['request'] = async (stored, write) => {
    if (stored?.refreshRejectedAt !== undefined) throw endedSessionError(loginCommand);
    const store = async (session: StoredSession) => {
      await write(session);
      cached = session;
    };
    const token = await deps.renew(stored).catch(async (error: unknown) => {
      if (stored === undefined || !isRefreshRejection(error)) throw error;
      // The UAA will never accept this refresh token again, and further attempts could lock accounts.
      await store({ ...stored, refreshRejectedAt: clock.now().toISOString() });
      throw endedSessionError(loginCommand, error);
    });
    const renewed = toStoredSession(token, stored);
    await store(renewed);
    await deps.onRenewed?.(renewed);
    return renewed;
  };

  const warnedReasons = new Set<string>();
  /** If the UAA or the store is temporarily unavailable, the old token is used until it expires. */
  const fallBack = (
    old: StoredSession | undefined,
    rejected: Secret | undefined,
    error: unknown,
  ): Secret => {
    if (old === undefined || old.accessToken.equals(rejected)) throw error;
    const remaining = remainingSeconds(old, clock.now());
    if (remaining <= 0 || !isTemporary(error)) throw error;
    const reason = redact(messageWithHost(error));
    // Warn only once for each reason: with `--wait`, every poll tries to renew the token.
    if (!warnedReasons.has(reason)) {
      warnedReasons.add(reason);
      const seconds = String(Math.floor(remaining));
      deps.warn(`the token was not renewed (${reason}); it expires in ${seconds} s`);
    }
    return old.accessToken;
  };

  return {
    accessToken: async ({ rejected, minimumSeconds = 0 } = {}) => {
      const isUsable = (session: StoredSession | undefined): session is StoredSession =>
        session !== undefined &&
        !session.accessToken.equals(rejected) &&
        remainingSeconds(session, clock.now()) >
          Math.max(renewalMarginSeconds(session), minimumSeconds);
      if (isUsable(cached)) return cached.accessToken;
      const old = await load();
      if (isUsable(old)) return old.accessToken;
      try {
        // Checked again under the lock: another process may have renewed the token in the meantime, and a
        // refresh token may work only once.
        cached = await sessions.save(location, { isUsable, request });
        return cached.accessToken;
      } catch (error) {
        return fallBack(old, rejected, error);
      }
    },
    readStored: async () => cached ?? load(),
  };
}

/**
 * The remaining lifetime of the access token according to the server's clock; negative if it has
 * expired.
 */
export function remainingSeconds(session: StoredSession, now: Date): number {
  const serverNow = now.getTime() + session.clockOffsetSeconds * 1000;
  return (Date.parse(session.expiresAt) - serverNow) / 1000;
}

/** A token with a shorter remaining lifetime could expire before the request arrives. */
export function renewalMarginSeconds({ lifetimeSeconds }: StoredSession): number {
  return Math.min(60, lifetimeSeconds / 10);
}

/** The tokens in the form in which they are stored, with the missing ones from the previous session. */
export function toStoredSession(token: Token, previous?: Partial<StoredSession>): StoredSession {
  return {
    accessToken: token.accessToken,
    // The UAA may omit a token that has not changed, and may replace the refresh token.
    refreshToken: token.refreshToken ?? previous?.refreshToken,
    idToken: token.idToken ?? previous?.idToken,
    clientSecret: previous?.clientSecret,
    scope: token.scope,
    expiresAt: new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000).toISOString(),
    lifetimeSeconds: token.lifetimeSeconds,
    clockOffsetSeconds: token.clockOffsetSeconds,
  };
}

function isTemporary(error: unknown): error is TpksError {
  return (
    isTpksError(error) && ['unavailable', 'untrusted', 'keychain', 'storage'].includes(error.kind)
  );
}

function isRefreshRejection(error: unknown): boolean {
  return (
    isTpksError(error) &&
    error.kind === 'unauthenticated' &&
    error.oauthError !== undefined &&
    ['invalid_token', 'invalid_grant'].includes(error.oauthError)
  );
}

function endedSessionError(loginCommand: string, cause?: unknown): TpksError {
  const reason = isTpksError(cause) ? ` (${cause.message})` : '';
  return new TpksError(
    'unauthenticated',
    `You are not currently authenticated. Please log in to continue: the session has ended${reason}`,
    { hint: loginCommand, ...(cause === undefined ? {} : { cause }) },
  );
}

export interface RenewDeps {
  readonly context: Context;
  /** @param clientSecret - `undefined` for a public client. */
  readonly grants: (clientSecret: Secret | undefined) => Grants;
  readonly env: Environment;
  readonly readStdin: ReadStdin;
}

/**
 * Requests the next token of a context: with the refresh token of the session, or with the client secret or
 * the credentials in the environment.
 */
export async function renewToken(
  stored: StoredSession | undefined,
  deps: RenewDeps,
): Promise<Token> {
  const { context, grants, env } = deps;
  if (context.store === 'none' && context.pksCredsPath === undefined) {
    return requestWithEnvironment(deps);
  }
  if (stored === undefined) {
    throw new TpksError('unauthenticated', notAuthenticatedMessage, {
      hint: formatLoginCommand(context),
    });
  }
  const throwRenewalError = (error: unknown): never => {
    throw toRenewalError(error, context);
  };
  if (context.grant === 'client_credentials') {
    const secret = await findClientSecret(deps, stored);
    if (secret === undefined) throw missingSecretError(context, env);
    const client = grants(secret);
    return client.clientCredentials({ scope: context.scope }).catch(throwRenewalError);
  }
  if (stored.refreshToken === undefined) {
    throw new TpksError(
      'unauthenticated',
      `${notAuthenticatedMessage}: the token has expired, and the UAA issued no refresh token`,
      { hint: formatLoginCommand(context) },
    );
  }
  const isPublic = context.isPublicClient === true;
  // Read as late as possible: the secret may come from stdin, which can block.
  const secret = isPublic ? undefined : ((await findClientSecret(deps, stored)) ?? new Secret(''));
  // A session that was limited to some scopes must not get more scopes when it is renewed.
  const scope = context.scope === undefined ? undefined : stored.scope;
  const client = grants(secret);
  return client.refresh(stored.refreshToken, { scope }).catch(throwRenewalError);
}

/** Requests a token with the credentials in the environment, for a context that exists only there. */
async function requestWithEnvironment({
  context,
  grants,
  env,
  readStdin,
}: RenewDeps): Promise<Token> {
  const credentials = await readEnvironmentCredentials(env, readStdin);
  if (credentials === undefined) {
    throw new TpksError('usage', 'TPKS_API is set, but the credentials are incomplete', {
      hint: 'set TPKS_USERNAME and TPKS_PASSWORD, or TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET (or their _FILE variables)',
    });
  }
  if (credentials.kind === 'user') {
    const { username, password } = credentials;
    const client = grants(new Secret(''));
    return client.password({ username, password }).catch((error: unknown) => {
      throw explainRejection(error, username, 'TPKS_USERNAME and TPKS_PASSWORD', context);
    });
  }
  const { clientId, secret } = credentials;
  const client = grants(secret);
  return client.clientCredentials().catch((error: unknown) => {
    throw explainRejection(error, clientId, 'TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET', context);
  });
}

/** Names the variables that contain the rejected credentials. */
function explainRejection(
  error: unknown,
  identity: string,
  variables: string,
  { uaa }: Context,
): unknown {
  if (!isTpksError(error) || error.kind !== 'unauthenticated') return error;
  return rewordError(error, {
    message: `Credentials were rejected, please try again. (${error.message})`,
    hint: `check ${variables} (${identity} at ${uaa})`,
  });
}

/** The secret in the environment if it belongs to this client, otherwise the stored secret. */
async function findClientSecret(
  { context, env, readStdin }: RenewDeps,
  stored: StoredSession,
): Promise<Secret | undefined> {
  const clientName = env.TPKS_CLIENT_NAME;
  const isSameClient = clientName
    ? clientName === context.clientId
    : context.grant === 'client_credentials';
  const secret =
    isSameClient && isForInstallation(context, env)
      ? await readEnvironmentSecret(env, 'TPKS_CLIENT_SECRET', readStdin)
      : undefined;
  return secret ?? stored.clientSecret;
}

/** Adds the login command: the UAA would reject the same request again, so a new login is needed. */
function toRenewalError(error: unknown, context: Context): unknown {
  if (!isTpksError(error) || !['unauthenticated', 'failed'].includes(error.kind)) return error;
  return rewordError(error, {
    message: `${new URL(context.uaa).host} did not renew the token of context ${context.name}: ${error.message}`,
    hint: formatLoginCommand(context),
  });
}

function missingSecretError(context: Context, env: Environment): TpksError {
  const alternative = isForInstallation(context, env)
    ? 'or set TPKS_CLIENT_SECRET or TPKS_CLIENT_SECRET_FILE; to renew the token automatically, log in with --save-secret'
    : `${describeIntendedServer('TPKS_CLIENT_SECRET', env)}, so it is not sent to ${new URL(context.uaa).host}`;
  return new TpksError(
    'unauthenticated',
    `${notAuthenticatedMessage}: the token of client ${context.identity} has expired, and its secret is not available`,
    { hint: `${formatLoginCommand(context)}\n${alternative}` },
  );
}
