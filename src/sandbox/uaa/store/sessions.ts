import { randomBytes } from 'node:crypto';
import type { AuthorizationRequest } from '../browser/authorization-request.js';
import { createExpiringMap } from './expiring-map.js';

/** A request that the browser repeats after the login. */
export interface SavedRequest {
  readonly url: string;
  readonly fields: URLSearchParams;
}

/** A browser session. */
export interface Session {
  readonly id: string;
  /** The logged-in user. Undefined before login. */
  readonly userId?: string;
  /** The authorization request that is waiting for the user's consent. */
  readonly pending?: AuthorizationRequest | undefined;
  /** Time of the login, in epoch milliseconds. */
  readonly authenticatedAt?: number;
  /** Id of the session before the login; undefined if no session existed. */
  readonly anonymousId?: string | undefined;
  /** The request that required the login. */
  readonly savedRequest?: SavedRequest | undefined;
  /** The user who opened an invitation in this session and may set a password. */
  readonly invitedUserId?: string | undefined;
}

/** @returns the time of the login, in epoch seconds; undefined before the login. */
export function getAuthTime(session: Session | undefined): number | undefined {
  const time = session?.authenticatedAt;
  return time === undefined ? undefined : Math.floor(time / 1000);
}

const idleMilliseconds = 1_800_000;

/** Creates the store for browser sessions. */
export function createSessionStore(now: () => number) {
  const sessions = createExpiringMap<Session>(now, idleMilliseconds);
  return {
    /** @returns undefined if the session is unknown or was not used for half an hour. */
    get(id = ''): Session | undefined {
      const found = sessions.get(id);
      if (!found || found.setAt + idleMilliseconds <= now()) return undefined;
      sessions.set(id, found.value);
      return found.value;
    },
    /** Always creates a new id, so that an id that was known before login cannot be used afterwards. */
    create(input: Omit<Session, 'id'>): Session {
      const session = { ...input, id: randomBytes(16).toString('hex').toUpperCase() };
      sessions.set(session.id, session);
      return session;
    },
    /** Replaces an existing session. */
    put: (session: Session) => sessions.set(session.id, session),
    delete: sessions.delete,
  };
}
