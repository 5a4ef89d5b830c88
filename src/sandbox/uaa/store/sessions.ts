import { randomBytes } from 'node:crypto';
import type { AuthorizationRequest } from '../browser/authorization-request.js';
import { createExpiringMap } from './expiring-map.js';

/** A browser's session. */
export interface Session {
  readonly id: string;
  /** The user who is logged in; absent before the login. */
  readonly userId?: string;
  /** Epoch seconds of the login. */
  readonly authTime?: number;
  /** The client's request that is waiting for the user's consent. */
  readonly pending?: AuthorizationRequest | undefined;
  /** Path to return to after the login. */
  readonly returnTo?: string;
}

const idleMilliseconds = 1_800_000;

/** The browser sessions of a UAA. */
export function createSessionStore(now: () => number) {
  const sessions = createExpiringMap<Session>(now, idleMilliseconds);
  return {
    /** @returns the session, unless it is unknown or was not used for half an hour. */
    get(id = ''): Session | undefined {
      const found = sessions.get(id);
      if (!found || found.setAt + idleMilliseconds <= now()) return undefined;
      sessions.set(id, found.value);
      return found.value;
    },
    /** Creates a session with a new id, so that an id from before a login is worthless. */
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
