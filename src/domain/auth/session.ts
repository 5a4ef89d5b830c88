import type { Clock } from '../../base/clock.js';
import { isTpksError, messageWithHost, TpksError } from '../../base/errors.js';
import { redact, type Secret } from '../../base/secret.js';
import type { StoredSession } from './session-content.js';
import type { SessionStore } from './session-file.js';
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

/** Where a session reads and writes its tokens. */
export type TokenStore = Pick<SessionStore, 'read' | 'reserve'>;

export interface SessionDeps {
  readonly store: TokenStore;
  /**
   * Sends one token request, with the refresh token or with credentials.
   * @param stored - `undefined` if there is no session.
   * @throws {TpksError} `unauthenticated` if there is neither a refresh token nor a secret.
   */
  readonly renew: (stored: StoredSession | undefined) => Promise<Token>;
  /** Runs the work while no other process renews the token of this context. */
  readonly withLock: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called with the new tokens after they are stored, while the lock is held. */
  readonly onRenewed?: ((session: StoredSession) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** The command that starts a new session, for hints. */
  readonly loginCommand: string;
}

export function createSession(deps: SessionDeps): Session {
  const { store, clock, loginCommand } = deps;
  // Kept so that a command decrypts the session only once, unless another process renews it.
  let cached: StoredSession | undefined;
  const read = async (): Promise<StoredSession | undefined> => {
    cached = await store.read();
    return cached;
  };

  const renew = async (stored: StoredSession | undefined): Promise<Secret> => {
    if (stored?.refreshRejectedAt !== undefined) throw endedSessionError(loginCommand);
    const reservation = await store.reserve();
    try {
      const token = await deps.renew(stored).catch(async (error: unknown) => {
        if (stored === undefined || !isRefreshRejection(error)) throw error;
        // The UAA will never accept this refresh token again, and further attempts could lock accounts.
        const endedSession = { ...stored, refreshRejectedAt: clock.now().toISOString() };
        await reservation.write(endedSession);
        cached = endedSession;
        throw endedSessionError(loginCommand, error);
      });
      const renewed = toStoredSession(token, stored);
      await reservation.write(renewed);
      cached = renewed;
      await deps.onRenewed?.(renewed);
      return renewed.accessToken;
    } finally {
      await reservation.release();
    }
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
    async accessToken({ rejected, minimumSeconds = 0 } = {}) {
      const usableToken = (session: StoredSession | undefined): Secret | undefined =>
        session !== undefined &&
        !session.accessToken.equals(rejected) &&
        remainingSeconds(session, clock.now()) >
          Math.max(renewalMarginSeconds(session), minimumSeconds)
          ? session.accessToken
          : undefined;
      const token = usableToken(cached) ?? usableToken(await read());
      if (token !== undefined) return token;
      const oldSession = cached;
      try {
        return await deps.withLock(async () => {
          // Read again: another process may have renewed the token while this one waited for the lock,
          // and a refresh token may work only once.
          const current = await read();
          return usableToken(current) ?? (await renew(current));
        });
      } catch (error) {
        return fallBack(oldSession, rejected, error);
      }
    },
    readStored: async () => cached ?? read(),
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

/** Keeps a session in memory until the command ends, for credentials from the environment. */
export function createMemoryStore(): TokenStore {
  let session: StoredSession | undefined;
  const write = (newSession: StoredSession): Promise<void> => {
    session = newSession;
    return Promise.resolve();
  };
  return {
    read: () => Promise.resolve(session),
    reserve: () => Promise.resolve({ write, release: () => Promise.resolve() }),
  };
}
