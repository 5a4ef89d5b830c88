import { lazy, memoize } from '../base/lazy.js';
import type { IdTokens } from '../domain/auth/ci/id-tokens.js';
import type { Grants, TokenClient } from '../domain/auth/grants.js';
import { renewToken } from '../domain/auth/renew-token.js';
import {
  MemorySessions,
  type SessionRepository,
  type StoredSession,
} from '../domain/auth/session-repository.js';
import { type Session, RenewableSession } from '../domain/auth/session.js';
import type { Context } from '../domain/contexts/context.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import { isOn } from '../platform/config/environment.js';
import type { ServerClock } from '../platform/http/server-clock.js';
import type { Runtime } from './runtime.js';
import type { Stores } from './stores.js';

/** Opens the session of a context, once per run. Its files are read when it is first used. */
export type OpenSession = (context: Context) => Session;

interface OpenSessionDeps extends Pick<Runtime, 'env' | 'link' | 'clock' | 'terminal'> {
  readonly stores: Stores;
  readonly grants: (client: TokenClient) => Grants;
  readonly idTokens: IdTokens;
  readonly serverClock: Pick<ServerClock, 'setStoredOffset'>;
}

export function createOpenSession(deps: OpenSessionDeps): OpenSession {
  const { env, link, clock, terminal, stores, grants, idTokens, serverClock } = deps;

  const createSession = async (context: Context): Promise<Session> => {
    const loginCommand = formatLoginCommand(context);
    const label = {
      title: `The session of ${context.name}`,
      identity: context.identity,
      loginCommand,
      hasOriginalTexts: link.hasOriginalTexts,
    };
    const renew = (stored: StoredSession | undefined) =>
      renewToken(stored, {
        context,
        label,
        grants: (client) => grants({ ...context, ...client }),
        env,
        idTokens,
        readStdin: terminal.readStdin,
        clock,
      });
    const common = { renew, clock, warn: terminal.warn, label };
    if (context.store !== 'none') {
      return new RenewableSession({
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
      return new RenewableSession({ ...common, sessions: new MemorySessions(), location: context });
    }
    const [{ PksCredsSessions }, { findTokenFileProblem }] = await Promise.all([
      import('../domain/auth/pks-creds-sessions.js'),
      import('../domain/auth/pks-creds-file.js'),
    ]);
    const problem = findTokenFileProblem(pksCredsPath);
    if (problem !== undefined) terminal.warn(problem);
    return new RenewableSession({
      ...common,
      sessions: new PksCredsSessions({ withLockFile: stores.withLockFile, warn: terminal.warn }),
      location: { ...context, pksCredsPath },
    });
  };

  return memoize(
    ({ name, store }) => `${store} ${name}`,
    (context) => lazy(() => createSession(context)),
  );
}

type LoadAndSave = Pick<SessionRepository, 'load' | 'save'>;

/** Passes the stored clock offset of each loaded session to the server clock. */
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
