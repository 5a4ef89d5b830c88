import { randomBytes } from 'node:crypto';
import type { AuthorizationRequest } from '../browser/authorization-request.js';
import { createExpiringMap } from './expiring-map.js';

/** One browser's session. */
export interface Session {
  readonly id: string;
  /** The user who is logged in; absent before the login. */
  readonly userId?: string;
  /** Epoch seconds of the login. */
  readonly authTime?: number;
  /** What a client asks for, while the person has not answered yet. */
  readonly asked?: AuthorizationRequest | undefined;
  /** Where the browser wanted to go when it was sent to the login page. */
  readonly wanted?: string;
}

export interface SessionStore {
  /** @returns the session unless it is unknown or was not used for half an hour. */
  readonly get: (id: string | undefined) => Session | undefined;
  /** Creates a session with a new id, so that an id from before a login is worthless. */
  readonly create: (session: Omit<Session, 'id'>) => Session;
  /** Changes a session that is there. */
  readonly save: (session: Session) => void;
  readonly remove: (id: string) => void;
}

const idleMilliseconds = 1_800_000;

export function createSessionStore(now: () => number): SessionStore {
  const sessions = createExpiringMap<Session>(now, idleMilliseconds);
  return {
    get(id = '') {
      const found = sessions.get(id);
      if (!found || found.setAt + idleMilliseconds <= now()) return undefined;
      sessions.set(id, found.value);
      return found.value;
    },
    create(input) {
      const session = { ...input, id: randomBytes(16).toString('hex').toUpperCase() };
      sessions.set(session.id, session);
      return session;
    },
    save: (session) => sessions.set(session.id, session),
    remove: sessions.delete,
  };
}
