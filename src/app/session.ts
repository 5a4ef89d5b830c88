import type { Grants } from '../domain/auth/grants.js';
import { createTokenRenewer } from '../domain/auth/renew.js';
import type { TokenClient } from '../domain/auth/request-token.js';
import {
  createMemoryStore,
  createSession,
  type Session,
  type TokenStore,
} from '../domain/auth/session.js';
import type { Context } from '../domain/contexts/context.js';
import { formatLoginCommand } from '../domain/contexts/login-command.js';
import { isOn } from '../platform/config/environment.js';
import { withBearer } from '../platform/http/bearer.js';
import type { Send } from '../platform/http/send.js';
import type { ServerClock } from '../platform/http/server-clock.js';
import type { Servers } from '../platform/http/time-limits.js';
import { memoize } from './once.js';
import type { Runtime } from './runtime.js';
import type { Stores } from './stores.js';

/** Access to the tokens of a context. */
export interface SessionServices {
  readonly session: (context: Context) => Promise<Session>;
  /** Sends with the context's token, to the context's hosts only. No status is an error. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

interface SessionServicesDeps extends Pick<Runtime, 'env' | 'clock' | 'terminal'> {
  readonly stores: Stores;
  /** Sends without a token. No status is an error. */
  readonly send: (servers: Servers) => Promise<Send>;
  readonly grants: (client: TokenClient) => Promise<Grants>;
  readonly serverClock: Pick<ServerClock, 'setStoredOffset'>;
}

export function createSessionServices(deps: SessionServicesDeps): SessionServices {
  const { env, clock, terminal, stores, send, grants, serverClock } = deps;

  const session = memoize(
    ({ name, store }: Context) => `${store} ${name}`,
    async (context): Promise<Session> => {
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
          await (await stores.pksCredsCopies()).update(name, renewed);
        },
      });
    },
  );

  return {
    session,
    bearerSend: async (context) => {
      const [bareSend, { accessToken }] = await Promise.all([send(context), session(context)]);
      const { uaa, api } = context;
      return withBearer(bareSend, {
        getAccessToken: accessToken,
        loginCommand: formatLoginCommand(context),
        hosts: api === undefined ? [uaa] : [uaa, api],
      });
    },
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
