import { lazy, memoize } from '../base/lazy.js';
import type { Grants } from '../domain/auth/grants.js';
import type { TokenClient } from '../domain/auth/request-token.js';
import {
  MemorySessions,
  type SessionRepository,
  type StoredSession,
} from '../domain/auth/session-repository.js';
import { renewToken, createSession, type Session } from '../domain/auth/session.js';
import type { Context } from '../domain/contexts/context.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import { isOn } from '../platform/config/environment.js';
import type { ServerClock } from '../platform/http/server-clock.js';
import type { Runtime } from './runtime.js';
import type { Stores } from './stores.js';

/** Access to the tokens of a context. */
export interface SessionServices {
  readonly session: (context: Context) => Session;
}

interface SessionServicesDeps extends Pick<Runtime, 'env' | 'clock' | 'terminal'> {
  readonly stores: Stores;
  readonly grants: (client: TokenClient) => Grants;
  readonly serverClock: Pick<ServerClock, 'setStoredOffset'>;
}

export function createSessionServices(deps: SessionServicesDeps): SessionServices {
  const { env, clock, terminal, stores, grants, serverClock } = deps;

  const createSessionOf = async (context: Context): Promise<Session> => {
    const renew = (stored: StoredSession | undefined) =>
      renewToken(stored, {
        context,
        grants: (clientSecret) => grants({ ...context, clientSecret }),
        env,
        readStdin: terminal.readStdin,
      });
    const loginCommand = formatLoginCommand(context);
    const common = { renew, clock, warn: terminal.warn, loginCommand };
    if (context.store !== 'none') {
      return createSession({
        ...common,
        sessions: withClockOffset(stores.sessions, serverClock),
        location: { ...context, loginCommand },
        onRenewed: async (renewed) => {
          if (!isOn(env.TPKS_PKS_CREDS) && context.pksCreds === undefined) return;
          await stores.pksCredsCopies.update(context.name, renewed);
        },
      });
    }
    const { pksCredsPath } = context;
    if (pksCredsPath === undefined) {
      return createSession({ ...common, sessions: new MemorySessions(), location: context });
    }
    const [{ PksCredsSessions }, { findTokenFileProblem }] = await Promise.all([
      import('../domain/auth/pks-creds.js'),
      import('../domain/auth/pks-creds-file.js'),
    ]);
    const problem = findTokenFileProblem(pksCredsPath);
    if (problem !== undefined) terminal.warn(problem);
    return createSession({
      ...common,
      sessions: new PksCredsSessions({
        withLockFile: stores.withLockFile,
        warn: terminal.warn,
      }),
      location: { ...context, pksCredsPath },
    });
  };

  return {
    session: memoize(
      ({ name, store }: Context) => `${store} ${name}`,
      (context) => lazy(() => createSessionOf(context)),
    ),
  };
}

type LoadAndSave = Pick<SessionRepository, 'load' | 'save'>;

/** Passes the clock offsets of sessions on. */
function withClockOffset(
  sessions: LoadAndSave,
  { setStoredOffset }: Pick<ServerClock, 'setStoredOffset'>,
): LoadAndSave {
  return {
    load: async (location) => {
      const session = await sessions.load(location);
      if (session !== undefined) setStoredOffset(session.clockOffsetSeconds);
      return session;
    },
    save: async (location, session) => {
      const saved = await sessions.save(location, session);
      setStoredOffset(saved.clockOffsetSeconds);
      return saved;
    },
  };
}
