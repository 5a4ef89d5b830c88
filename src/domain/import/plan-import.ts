import { groupBy } from '../../base/group-by.js';
import { getOwnValue } from '../../base/json-value.js';
import type { ContextSettings, Settings } from '../../platform/config/settings.js';
import { originOf } from '../auth/login-store.js';
import type { PersistentStore, StoredSession } from '../auth/session-repository.js';
import { createDefaultName, findMatchingContext } from '../contexts/context-names.js';
import {
  findApi,
  listStoredInstallations,
  type KnownInstallations,
} from '../contexts/installation.js';
import {
  canRenew,
  describeExpiry,
  expiryOf,
  type OldSession,
  type UnusableEntry,
} from './original-session.js';

/** A session of a file, and the context that it becomes. */
export interface PlannedContext {
  readonly session: OldSession;
  /** Other sessions of the same identity, which are not imported. */
  readonly duplicates: readonly OldSession[];
  readonly name: string;
  readonly settings: ContextSettings;
  /**
   * `new`: the context does not exist. `conflict`: it has a different session, or no readable one.
   * `newer`: its session is newer than the one in the file. `same`: it already has this session.
   */
  readonly state: 'new' | 'conflict' | 'newer' | 'same';
}

export interface PlanDeps {
  readonly settings: Settings;
  readonly now: Date;
  readonly selectStore: (existing: ContextSettings | undefined) => Promise<PersistentStore>;
  /** @returns `undefined` if the context has no session, or an unreadable one. */
  readonly readSession: (
    name: string,
    context: ContextSettings,
  ) => Promise<StoredSession | undefined>;
}

export interface ContextPlan {
  readonly contexts: readonly PlannedContext[];
  readonly unusable: readonly UnusableEntry[];
}

/** Leaves out expired sessions without a refresh token, and older ones of the same identity. */
export async function planContexts(
  sessions: readonly OldSession[],
  deps: PlanDeps,
): Promise<ContextPlan> {
  const { settings, now } = deps;
  const unusable: UnusableEntry[] = [];
  const addUnusable = ({ file, line, label }: OldSession, reason: string) =>
    void unusable.push({ file, line, label, reason });
  const usable = findApis(sessions, settings).filter(({ session }) => {
    const reason = describeProblem(session, now);
    if (reason !== undefined) addUnusable(session, reason);
    return reason === undefined;
  });
  const contexts: PlannedContext[] = [];
  for (const group of groupBy(usable, keyOf).values()) {
    const [best, ...others] = group.sort((one, other) => compareUsability(one, other, now));
    if (best === undefined) continue;
    const duplicates = others.map(({ session }) => session);
    const { file, line } = best.session;
    const reason = `${file}, line ${String(line)} has a newer session of the same identity`;
    for (const session of duplicates) addUnusable(session, reason);
    contexts.push({ ...(await planContext(best, contexts, deps)), duplicates });
  }
  return { contexts, unusable };
}

/** @returns the reason why a session is unusable; `undefined` for a usable session. */
function describeProblem({ token }: OldSession, now: Date): string | undefined {
  if (canRenew(token, now) || expiryOf(token) > now) return undefined;
  const refresh =
    token.refreshToken === undefined
      ? 'there is no refresh token'
      : 'the refresh token has also expired';
  return `${describeExpiry(token)}, and ${refresh}`;
}

/** Puts the session that is most likely to be usable first. */
function compareUsability(one: LocatedSession, other: LocatedSession, now: Date): number {
  const rank = ({ session }: LocatedSession) => (canRenew(session.token, now) ? 1 : 0);
  const expiry = ({ session }: LocatedSession) => expiryOf(session.token).getTime();
  return rank(other) - rank(one) || expiry(other) - expiry(one);
}

/** Two sessions with the same key belong to one context. */
function keyOf({ session, api }: LocatedSession): string {
  const { identity, clientId, grant, uaa, token } = session;
  const isClient = grant === 'client_credentials';
  return JSON.stringify([identity, clientId, isClient, originOf(token) ?? 'uaa', uaa, api]);
}

/** A session with the API of its UAA. */
interface LocatedSession {
  readonly session: OldSession;
  readonly api: string | undefined;
}

/** The files of uaac contain only the UAA. The API is looked up as in `tpks uaa`. */
function findApis(sessions: readonly OldSession[], settings: Settings): readonly LocatedSession[] {
  const known: KnownInstallations = [
    ...listStoredInstallations(settings),
    ...sessions.flatMap(({ api, uaa }) => (api === undefined ? [] : [{ api, uaa }])),
  ];
  return sessions.map((session) => ({
    session,
    api: session.api ?? findApi(session.uaa, known),
  }));
}

async function planContext(
  { session, api }: LocatedSession,
  planned: readonly PlannedContext[],
  { settings, selectStore, readSession }: PlanDeps,
): Promise<Omit<PlannedContext, 'duplicates'>> {
  const { identity, clientId, grant, tokenFormat, token } = session;
  const { uaa, caCert, skipTlsVerification } = session;
  const toSettings = (store: PersistentStore): ContextSettings => ({
    identity,
    clientId,
    tokenFormat,
    uaa,
    caCert,
    skipTlsVerification,
    store,
    // The first PKS command checks the API of a session from uaac, and stores it.
    api: session.api,
    ...(grant === 'client_credentials' ? { grant } : { grant, origin: originOf(token) }),
  });
  const key = toSettings('file');
  const existingName = findMatchingContext(key, settings);
  const existing = existingName && getOwnValue(settings.contexts, existingName);
  if (existingName !== undefined && existing) {
    const state = compareSessions(await readSession(existingName, existing), session);
    const own = toSettings(await selectStore(existing));
    return { session, name: existingName, settings: own, state };
  }
  const contexts = {
    ...settings.contexts,
    ...Object.fromEntries(planned.map((each) => [each.name, each.settings])),
  };
  const name = createDefaultName({ ...key, api }, contexts);
  const own = toSettings(await selectStore(undefined));
  return { session, name, settings: own, state: 'new' };
}

function compareSessions(
  stored: StoredSession | undefined,
  { token }: OldSession,
): PlannedContext['state'] {
  if (stored === undefined) return 'conflict';
  const isSame =
    stored.accessToken.equals(token.accessToken) ||
    (token.refreshToken !== undefined && token.refreshToken.equals(stored.refreshToken));
  if (isSame) return 'same';
  const isRejected = stored.refreshRejectedAt !== undefined;
  return !isRejected && Date.parse(stored.expiresAt) >= expiryOf(token).getTime()
    ? 'newer'
    : 'conflict';
}
