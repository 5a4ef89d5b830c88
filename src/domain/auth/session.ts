import type { Clock } from '../../base/clock.js';
import { isTpksError, messageWithHost, type TpksError } from '../../base/errors.js';
import { redact, type Secret } from '../../base/secret.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import { readClaims, readTimeClaim } from './claims.js';
import { rejectedSessionError, uaaMessageOf, type SessionLabel } from './session-errors.js';
import type { StoredSession } from './session-content.js';
import type { Renewal, SessionRepository } from './session-repository.js';
import type { Token } from './token.js';

/** The tokens of a context. They are renewed if necessary. */
export interface Session {
  /**
   * Returns an access token that is valid for at least the time that a request takes.
   * @throws {TpksError} `unauthenticated` if there is no session or the UAA rejects the refresh token.
   */
  readonly accessToken: (options?: AccessTokenOptions) => Promise<Secret>;
  /** Returns the stored session without renewing it; `undefined` if none is stored. */
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
   * @throws {TpksError} `unauthenticated` if there is neither a refresh token nor a secret.
   */
  readonly renew: (stored: StoredSession | undefined) => Promise<Token>;
  /** Called with the new tokens after they are stored and the session's lock is released. */
  readonly onRenewed?: ((session: StoredSession) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  readonly label: SessionLabel;
}

export class RenewableSession<Location> implements Session {
  readonly #deps: SessionDeps<Location>;
  /** The session that was last read or stored, so that it is decrypted only once. */
  #cached: StoredSession | undefined;
  #renewed: StoredSession | undefined;
  readonly #warnedReasons = new Set<string>();

  constructor(deps: SessionDeps<Location>) {
    this.#deps = deps;
  }

  // Arrow functions, because callers pass them on without the session.
  readonly accessToken = async (options: AccessTokenOptions = {}): Promise<Secret> => {
    const isUsable = (session: StoredSession | undefined): session is StoredSession =>
      session !== undefined && this.#isFresh(session, options);
    if (isUsable(this.#cached)) return this.#cached.accessToken;
    const old = await this.#load();
    if (isUsable(old)) return old.accessToken;
    try {
      return (await this.#renew(isUsable)).accessToken;
    } catch (error) {
      return this.#fallBack(old, options.rejected, error);
    }
  };

  readonly readStored = async (): Promise<StoredSession | undefined> =>
    this.#cached ?? this.#load();

  async #load(): Promise<StoredSession | undefined> {
    const { sessions, location } = this.#deps;
    this.#cached = await sessions.load(location);
    return this.#cached;
  }

  #isFresh(session: StoredSession, { rejected, minimumSeconds = 0 }: AccessTokenOptions): boolean {
    if (session.accessToken.equals(rejected)) return false;
    const remaining = remainingSeconds(session, this.#deps.clock.now());
    return remaining > Math.max(renewalMarginSeconds(session), minimumSeconds);
  }

  async #renew(isUsable: Renewal['isUsable']): Promise<StoredSession> {
    const { sessions, location, onRenewed } = this.#deps;
    // Checked again under the lock: another process may have renewed the token in the meantime, and a
    // refresh token may work only once.
    const saved = await sessions.save(location, {
      isUsable,
      request: (stored, write) => this.#request(stored, write),
    });
    this.#cached = saved;
    if (saved === this.#renewed) await onRenewed?.(saved);
    return saved;
  }

  async #request(
    stored: StoredSession | undefined,
    write: (session: StoredSession) => Promise<void>,
  ): Promise<StoredSession> {
    const { clock, renew, label } = this.#deps;
    if (stored?.refreshRejectedAt !== undefined) {
      throw rejectedSessionError(label, stored.refreshRejection);
    }
    const store = async (session: StoredSession) => {
      await write(session);
      this.#cached = session;
    };
    const token = await renew(stored).catch(async (error: unknown) => {
      if (stored === undefined || !isRefreshRejection(error)) throw error;
      // The UAA will never accept this refresh token again, and further attempts could lock accounts.
      const refreshRejection = uaaMessageOf(error);
      await store({ ...stored, refreshRejectedAt: clock.now().toISOString(), refreshRejection });
      throw rejectedSessionError(label, refreshRejection, error);
    });
    const renewed = toStoredSession(token, stored);
    await store(renewed);
    this.#renewed = renewed;
    return renewed;
  }

  /** If the UAA or the store is temporarily unavailable, the old token is used until it expires. */
  #fallBack(old: StoredSession | undefined, rejected: Secret | undefined, error: unknown): Secret {
    if (old === undefined || old.accessToken.equals(rejected)) throw error;
    const remaining = remainingSeconds(old, this.#deps.clock.now());
    if (remaining <= 0 || !isTemporary(error)) throw error;
    const reason = redact(messageWithHost(error));
    // Warn only once for each reason: with `--wait`, every poll tries to renew the token.
    if (!this.#warnedReasons.has(reason)) {
      this.#warnedReasons.add(reason);
      const seconds = String(Math.floor(remaining));
      this.#deps.warn(`the token was not renewed (${reason}); it expires in ${seconds} s`);
    }
    return old.accessToken;
  }
}

/** The remaining lifetime of the access token, by the server's clock; negative if it has expired. */
export function remainingSeconds(session: StoredSession, now: Date): number {
  const serverNow = now.getTime() + session.clockOffsetSeconds * 1000;
  return (Date.parse(session.expiresAt) - serverNow) / 1000;
}

/** A token with a shorter remaining lifetime could expire before the request arrives. */
export function renewalMarginSeconds({ lifetimeSeconds }: StoredSession): number {
  return Math.min(60, lifetimeSeconds / 10);
}

/**
 * Returns the time after which a session can no longer be renewed, in milliseconds since the epoch by the server's
 * clock. 0 if it cannot be renewed at all, infinity if the time is unknown.
 */
export function findRenewalEnd(
  { refreshToken, clientSecret }: StoredSession,
  { grant, clientKeyFile }: Pick<ContextSettings, 'grant' | 'clientKeyFile'>,
): number {
  if (clientKeyFile !== undefined) return Number.POSITIVE_INFINITY;
  const credential = grant === 'client_credentials' ? clientSecret : refreshToken;
  if (credential === undefined) return 0;
  // tpks cannot read when a secret or an opaque refresh token expires, so it is treated as valid.
  return readTimeClaim(readClaims(credential), 'exp')?.getTime() ?? Number.POSITIVE_INFINITY;
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

function isRefreshRejection(error: unknown): error is TpksError {
  return (
    isTpksError(error) &&
    error.kind === 'unauthenticated' &&
    error.oauthError !== undefined &&
    ['invalid_token', 'invalid_grant'].includes(error.oauthError)
  );
}
