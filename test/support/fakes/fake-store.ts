import type { SessionStore, StoredSession } from '../../../src/domain/auth/session-file.js';
import { plain, withSecrets, type Plain } from '../checks/plain-tokens.js';

/** A session store in memory that records the calls of its methods. */
export interface FakeStore extends SessionStore {
  /** Returns the stored session; `undefined` if no session is stored. */
  readonly current: () => Plain<StoredSession> | undefined;
  /** Replaces the stored session without recording a call. */
  readonly put: (session: Plain<StoredSession> | undefined) => void;
  /** The calls in order: `reserve`, `write`, `release`, `remove` or `removeEarlier`. */
  readonly calls: readonly string[];
}

/**
 * Creates a session store in memory.
 *
 * @param first - the stored session at the start.
 * @param refusal - the error that `reserve` fails with, e.g. because the disk is full.
 */
export function fakeStore(first?: Plain<StoredSession>, refusal?: Error): FakeStore {
  let session = first;
  const did: string[] = [];
  return {
    current: () => session,
    put: (next) => (session = next),
    calls: did,
    read: async () => session && withSecrets<StoredSession>(session),
    exists: async () => session !== undefined,
    reserve: () => {
      did.push('reserve');
      if (refusal !== undefined) return Promise.reject(refusal);
      return Promise.resolve({
        write: async (next) => {
          did.push('write');
          session = plain(next);
        },
        release: async () => void did.push('release'),
      });
    },
    remove: async () => {
      did.push('remove');
      const was = session !== undefined;
      session = undefined;
      return was;
    },
    removeEarlierLogins: async () => {
      did.push('removeEarlier');
      return true;
    },
  };
}
