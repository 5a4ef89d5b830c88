import type { SessionStore, StoredSession } from './session-file.js';

/** Keeps a session in memory until the command ends, for credentials from the environment. */
export function createMemoryStore(): SessionStore {
  let session: StoredSession | undefined;
  return {
    read: () => Promise.resolve(session),
    exists: () => Promise.resolve(session !== undefined),
    reserve: () =>
      Promise.resolve({
        write: (newSession) => {
          session = newSession;
          return Promise.resolve();
        },
        release: () => Promise.resolve(),
      }),
    remove: () => {
      const hadSession = session !== undefined;
      session = undefined;
      return Promise.resolve(hadSession);
    },
    removeEarlierLogins: () => Promise.resolve(true),
  };
}
