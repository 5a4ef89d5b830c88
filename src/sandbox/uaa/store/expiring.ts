import { randomBytes, randomInt } from 'node:crypto';
import type { Client, User } from './identities.js';

/**
 * Creates a map of values that expire. Deletes expired values to free memory.
 * @param milliseconds - lifetime of each value.
 */
export function createExpiringMap<Value>(now: () => number, milliseconds: number) {
  // Oldest first, because setting a value again moves it to the end.
  const entries = new Map<string, { readonly value: Value; readonly expiresAt: number }>();

  function get(key: string): Value | undefined {
    const entry = entries.get(key);
    return entry && entry.expiresAt > now() ? entry.value : undefined;
  }

  return {
    /** @returns undefined if the value is missing or has expired. */
    get,
    /** Adds or replaces a value, and restarts its lifetime. */
    set(key: string, value: Value): void {
      for (const [oldKey, { expiresAt }] of entries) {
        if (expiresAt > now()) break;
        entries.delete(oldKey);
      }
      entries.delete(key);
      entries.set(key, { value, expiresAt: now() + milliseconds });
    },
    delete: (key: string) => void entries.delete(key),
    /** Like `get`, and deletes the value. */
    take: (key: string): Value | undefined => {
      const value = get(key);
      entries.delete(key);
      return value;
    },
    size: () => entries.size,
  };
}

export interface PkceChallenge {
  readonly challenge: string;
  readonly method: string;
}

/** A user's authorization of a client, stored until the client redeems the code. */
interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  /** Approved scopes. Can be empty. */
  readonly scope: readonly string[];
  /** The URI that the code was sent to. */
  readonly redirectUri: string;
  /** The parameters of the authorization request. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Time of the login, in epoch seconds. */
  readonly authTime?: number | undefined;
  readonly pkce?: PkceChallenge | undefined;
}

/** Lifetime of authorization codes and passcodes. */
const lifetimeMilliseconds = 300_000;

/**
 * Creates the store for authorization codes, each of which can be redeemed once.
 * @param length - length of each code.
 * @see RFC 6749, section 4.1
 */
export function createCodeStore(now: () => number, length: number) {
  const codes = createExpiringMap<Authorization>(now, lifetimeMilliseconds);
  return {
    create(authorization: Authorization): string {
      const code = createRandomCode(length);
      codes.set(code, authorization);
      return code;
    },
    /** @returns undefined if the code is unknown, expired or was already used. */
    redeem: codes.take,
  };
}

/**
 * Creates the store for passcodes. A user can log in once with a passcode instead of a password.
 * @param length - length of each passcode.
 */
export function createPasscodeStore(now: () => number, length: number) {
  const userIdsByCode = createExpiringMap<string>(now, lifetimeMilliseconds);
  const codesByUserId = createExpiringMap<string>(now, lifetimeMilliseconds);
  return {
    /** Creates a passcode and invalidates the user's previous one. */
    create(userId: string): string {
      userIdsByCode.delete(codesByUserId.take(userId) ?? '');
      const code = createRandomCode(length);
      userIdsByCode.set(code, userId);
      codesByUserId.set(userId, code);
      return code;
    },
    /** @returns the user's ID; undefined if the passcode is unknown, expired or was already used. */
    redeem: userIdsByCode.take,
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function createRandomCode(length: number): string {
  const letters = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));
  return letters.join('');
}

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

/** The redirect URI and the content of the response to the client. */
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
  /** The requested scopes (default: all scopes of the client) that the user has. */
  readonly scope: readonly string[];
}

const idleMilliseconds = 1_800_000;

export function createSessionStore(now: () => number) {
  const sessions = createExpiringMap<Session>(now, idleMilliseconds);
  return {
    /** @returns undefined if the session is unknown or was not used for half an hour. */
    get(id = ''): Session | undefined {
      const session = sessions.get(id);
      if (session) sessions.set(id, session);
      return session;
    },
    /** Always creates a new ID, so that an ID from before the login cannot be used after it. */
    create(input: Omit<Session, 'id'>): Session {
      const session = { ...input, id: randomBytes(16).toString('hex').toUpperCase() };
      sessions.set(session.id, session);
      return session;
    },
    put: (session: Session) => sessions.set(session.id, session),
    delete: sessions.delete,
  };
}
