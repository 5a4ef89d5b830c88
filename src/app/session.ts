import { lazy, memoize } from '../base/lazy.js';
import type { Grants } from '../domain/auth/grants.js';
import { createTokenRenewer } from '../domain/auth/renew.js';
import type { TokenClient } from '../domain/auth/request-token.js';
import {
  createMemoryStore,
  createSession,
  type Session,
  type TokenStore,
} from '../domain/auth/session.js';
import { formatLoginCommand, type Context } from '../domain/contexts/context.js';
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
    const renew = createTokenRenewer({
      context,
      grants: (clientSecret) => grants({ ...context, clientSecret }),
      env,
      readStdin: terminal.readStdin,
    });
    const command = formatLoginCommand(context);
    const common = { renew, clock, warn: terminal.warn, loginCommand: command };
    const { name, store } = context;
    const pksCredsPath = context.store === 'none' ? context.pksCredsPath : undefined;
    if (pksCredsPath !== undefined) {
      const [{ createPksCredsStore, withOptionalLock }, { findTokenFileProblem }] =
        await Promise.all([
          import('../domain/auth/pks-creds.js'),
          import('../domain/auth/pks-creds-file.js'),
        ]);
      const problem = findTokenFileProblem(pksCredsPath);
      if (problem !== undefined) terminal.warn(problem);
      return createSession({
        ...common,
        store: createPksCredsStore({ ...context, pksCredsPath }, terminal.warn),
        withLock: withOptionalLock(stores.lockFile(`${pksCredsPath}.lock`)),
      });
    }
    if (store === 'none') {
      return createSession({ ...common, store: createMemoryStore(), withLock: createQueue() });
    }
    const stored = await stores.sessionStore(name, { ...context, store, loginCommand: command });
    return createSession({
      ...common,
      store: withClockOffset(stored, serverClock),
      withLock: stores.sessionLock(name),
      onRenewed: async (renewed) => {
        if (!isOn(env.TPKS_PKS_CREDS) && context.pksCreds === undefined) return;
        await stores.pksCredsCopies.update(name, renewed);
      },
    });
  };

  return {
    session: memoize(
      ({ name, store }: Context) => `${store} ${name}`,
      (context) => lazy(() => createSessionOf(context)),
    ),
  };
}

function withClockOffset(
  store: TokenStore,
  { setStoredOffset }: Pick<ServerClock, 'setStoredOffset'>,
): TokenStore {
  return {
    ...store,
    read: async () => {
      const session = await store.read();
      if (session !== undefined) setStoredOffset(session.clockOffsetSeconds);
      return session;
    },
  };
}

/** @returns a function that runs work of this process one at a time, in order. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
