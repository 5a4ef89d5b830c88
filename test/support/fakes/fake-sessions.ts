import {
  replaceSession,
  type SessionRepository,
  type StoredSession,
} from '../../../src/domain/auth/session-repository.js';
import { plain, withSecrets, type Plain } from '../checks/plain-tokens.js';

/** Sessions in memory, with a record of the calls. */
export interface FakeSessions extends SessionRepository {
  /** Returns the session with this name; `undefined` if there is none. */
  readonly current: (name: string) => Plain<StoredSession> | undefined;
  /** Replaces a session without recording a call. */
  readonly put: (name: string, session: Plain<StoredSession> | undefined) => void;
  /** The calls in order, with the name of the session, e.g. `reserve cody@api.example.com`. */
  readonly calls: string[];
}

interface FakeSessionsDeps {
  /** The sessions at the start, by name. */
  readonly stored?: Readonly<Record<string, Plain<StoredSession> | undefined>>;
  /** The error if a session cannot be written, or no space reserved for it, e.g. because the disk is full. */
  readonly diskError?: Error | undefined;
  /** Called when the lock of a session has been taken. */
  readonly onLocked?: (name: string) => void | Promise<void>;
}

/** Creates a repository that stores sessions in memory, by their names only. */
export function fakeSessions(deps: FakeSessionsDeps = {}): FakeSessions {
  const { stored = {}, diskError, onLocked = () => undefined } = deps;
  const sessions = new Map(Object.entries(stored));
  const calls: string[] = [];
  const load = async (name: string) => {
    const session = sessions.get(name);
    return session && withSecrets<StoredSession>(session);
  };
  const write = async (name: string, session: StoredSession) => {
    calls.push(`write ${name}`);
    sessions.set(name, plain(session));
  };
  const replace = (name: string, session: Parameters<SessionRepository['save']>[1]) =>
    replaceSession(session, {
      load: () => load(name),
      write: async (newSession) => {
        if (diskError !== undefined) throw diskError;
        await write(name, newSession);
      },
      reserve: async () => {
        calls.push(`reserve ${name}`);
        if (diskError !== undefined) throw diskError;
        return {
          write: (newSession) => write(name, newSession),
          release: async () => void calls.push(`release ${name}`),
        };
      },
    });
  return {
    current: (name) => sessions.get(name),
    put: (name, session) => void sessions.set(name, session),
    calls,
    load: ({ name }) => load(name),
    save: async ({ name }, session) => {
      await onLocked(name);
      return replace(name, session);
    },
    move: async ({ name }, to, commit) => {
      await onLocked(name);
      const session = await load(name);
      if (session !== undefined) await replace(to.name, session);
      await commit();
      sessions.delete(name);
    },
    delete: async ({ name }, current) => {
      await onLocked(name);
      calls.push(`delete ${name}`);
      const isStored = sessions.get(name) !== undefined;
      if (current === undefined) sessions.delete(name);
      return isStored;
    },
  };
}
