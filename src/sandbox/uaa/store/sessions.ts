import { randomBytes } from 'node:crypto';
import type { Client } from './clients.js';
import { createExpiringMap } from './expiring-map.js';
import type { User } from './users.js';

/** A browser session. */
export interface Session {
  readonly id: string;
  /** The logged-in user. Undefined before login. */
  readonly userId?: string;
  /** Time of the login, in epoch milliseconds. */
  readonly authenticatedAt?: number;
  /** URL of the page that required the login. */
  readonly savedUrl?: string;
  /** The authorization request that is waiting for the user's consent. */
  readonly pending?: AuthorizationRequest | undefined;
}

/** The user who is asked to authorize the client. */
export interface Principal {
  readonly user: User;
  /** Time of the login in epoch seconds. */
  readonly authTime: number | undefined;
}

/** Where and how the client expects the response. */
export interface ResponseTarget {
  readonly redirectUri: string;
  readonly responseTypes: ReadonlySet<string>;
  /** Returned to the client unchanged; null if the client did not send it. */
  readonly state: string | null;
}

/** A valid request to `/oauth/authorize`. */
export interface AuthorizationRequest extends Principal, ResponseTarget {
  readonly client: Client;
  readonly fields: URLSearchParams;
  /** The requested scopes (default: all of the client) that the user has. */
  readonly scope: readonly string[];
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
