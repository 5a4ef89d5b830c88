import type { SessionStore, StoredSession } from '../../src/auth/session-file.js';
import { plain, withSecrets, type Plain } from './plain-tokens.js';

/** A session store in memory that can refuse to give room, and tells what was done to it. */
export interface FakeStore extends SessionStore {
  readonly current: () => Plain<StoredSession> | undefined;
  readonly put: (session: Plain<StoredSession> | undefined) => void;
  /** `reserve`, `write`, `release`, `remove`, `removeEarlier`, in the order they came. */
  readonly did: readonly string[];
}

export function fakeStore(first?: Plain<StoredSession>, refusal?: Error): FakeStore {
  let session = first;
  const did: string[] = [];
  return {
    current: () => session,
    put: (next) => (session = next),
    did,
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
    removeEarlierFiles: async () => void did.push('removeEarlier'),
  };
}
