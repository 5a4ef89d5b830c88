import type { Clock } from '../clock.js';
import { isTpksError, TpksError } from '../errors.js';
import { redact, type Secret } from '../secret.js';
import type { Token } from './token.js';
import type { SessionStore, StoredSession } from './session-file.js';

export interface Session {
  /**
   * @returns an access token that will still be good when the request arrives.
   * @throws {TpksError} `unauthenticated` if there is no session or the UAA rejects the refresh token.
   * @see RFC 6749, section 6
   */
  readonly accessToken: (options?: AccessTokenOptions) => Promise<Secret>;
  /** What is stored, as it is: nothing is refreshed. */
  readonly stored: () => Promise<StoredSession | undefined>;
}

export interface AccessTokenOptions {
  /** The access token that a server just refused. */
  readonly rejected?: Secret | undefined;
  /** Refresh unless at least this much of the life is left (`token --min-ttl`). */
  readonly minimumSeconds?: number | undefined;
}

export interface SessionDeps {
  readonly store: SessionStore;
  /**
   * One token request: refresh, or mint anew with the secret at hand.
   * @param stored - `undefined` when there is no session.
   * @throws {TpksError} `unauthenticated` when there is nothing to renew it with.
   */
  readonly renew: (stored: StoredSession | undefined) => Promise<Token>;
  /** One process at a time, per context. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** The command that begins a new session, for hints. */
  readonly loginCommand: string;
}

export function createSession(deps: SessionDeps): Session {
  const { store, exclusively, clock } = deps;
  // One decryption per run is enough, unless another process renewed it.
  let seen: StoredSession | undefined;
  const read = async (): Promise<StoredSession | undefined> => {
    seen = await store.read();
    return seen;
  };
  return {
    async accessToken({ rejected, minimumSeconds = 0 } = {}) {
      const live = (session: StoredSession | undefined): Secret | undefined =>
        session !== undefined &&
        !session.accessToken.equals(rejected) &&
        remainingSeconds(session, clock.now()) >
          Math.max(renewalMarginSeconds(session), minimumSeconds)
          ? session.accessToken
          : undefined;
      const found = live(seen) ?? live(await read());
      if (found !== undefined) return found;
      const old = seen;
      try {
        return await exclusively(async () => {
          // Look again: another process may have refreshed while this one waited,
          // and a refresh token may work only once.
          const now = await read();
          return live(now) ?? (await renewAndStore(deps, now, (next) => (seen = next)));
        });
      } catch (error) {
        return fallBackToOldToken(deps, old, rejected, error);
      }
    },
    stored: read,
  };
}

/** How long the access token lives on, by the server's clock; negative when it is dead. */
export function remainingSeconds(session: StoredSession, now: Date): number {
  const serverNow = now.getTime() + session.clockOffsetSeconds * 1000;
  return (Date.parse(session.expiresAt) - serverNow) / 1000;
}

/** A token with less than this left might not survive the way to the server. */
export function renewalMarginSeconds({ lifetimeSeconds }: StoredSession): number {
  return Math.min(60, lifetimeSeconds / 10);
}

/** A token answer in the form in which it is stored. */
export function toStoredSession(token: Token, previous?: Partial<StoredSession>): StoredSession {
  return {
    accessToken: token.accessToken,
    // UAA may leave out what has not changed, and may rotate what has.
    refreshToken: token.refreshToken ?? previous?.refreshToken,
    idToken: token.idToken ?? previous?.idToken,
    clientSecret: previous?.clientSecret,
    scope: token.scope,
    expiresAt: new Date(token.issuedAt.getTime() + token.lifetimeSeconds * 1000).toISOString(),
    lifetimeSeconds: token.lifetimeSeconds,
    clockOffsetSeconds: token.clockOffsetSeconds,
  };
}

async function renewAndStore(
  deps: SessionDeps,
  stored: StoredSession | undefined,
  remember: (next: StoredSession) => void,
): Promise<Secret> {
  if (stored?.refreshRejectedAt !== undefined) throw endedSessionError(deps.loginCommand);
  const reservation = await deps.store.reserve();
  try {
    const token = await deps.renew(stored).catch(async (error: unknown) => {
      if (stored && isRefreshRejection(error)) {
        // UAA will never take this refresh token again: asking once more would only lock accounts.
        await reservation.write({
          ...stored,
          refreshRejectedAt: deps.clock.now().toISOString(),
        });
        throw endedSessionError(deps.loginCommand, error);
      }
      throw error;
    });
    const next = toStoredSession(token, stored);
    await reservation.write(next);
    remember(next);
    return next.accessToken;
  } finally {
    await reservation.release();
  }
}

/** Trouble on the way to UAA is no reason to stop while the old token lives. */
function fallBackToOldToken(
  { clock, warn }: SessionDeps,
  old: StoredSession | undefined,
  rejected: Secret | undefined,
  error: unknown,
): Secret {
  const usable =
    old !== undefined &&
    !old.accessToken.equals(rejected) &&
    remainingSeconds(old, clock.now()) > 0;
  const passing =
    isTpksError(error) && ['unavailable', 'untrusted', 'keychain', 'storage'].includes(error.kind);
  if (!usable || !passing) throw error;
  const left = Math.floor(remainingSeconds(old, clock.now()));
  const why = redact(error.message);
  warn(`the token was not renewed (${why}); it works for ${String(left)} s more`);
  return old.accessToken;
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
  const why = isTpksError(cause) ? ` (${cause.message})` : '';
  return new TpksError(
    'unauthenticated',
    `You are not currently authenticated. Please log in to continue: the session has ended${why}`,
    { hint: loginCommand, ...(cause === undefined ? {} : { cause }) },
  );
}
