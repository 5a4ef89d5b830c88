import type { SessionStore, StoredSession } from './session-file.js';

/** Keeps a session for this run alone: credentials came from the environment. */
export function createMemoryStore(): SessionStore {
  let session: StoredSession | undefined;
  return {
    read: () => Promise.resolve(session),
    exists: () => Promise.resolve(session !== undefined),
    reserve: () =>
      Promise.resolve({
        write: (next) => {
          session = next;
          return Promise.resolve();
        },
        release: () => Promise.resolve(),
      }),
    remove: () => {
      const was = session !== undefined;
      session = undefined;
      return Promise.resolve(was);
    },
    removeEarlierFiles: () => Promise.resolve(),
  };
}
