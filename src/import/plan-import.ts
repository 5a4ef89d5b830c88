import type { ContextSettings, Settings } from '../config/settings.js';
import { createDefaultName, findMatchingContext } from '../contexts/context-name.js';
import {
  findApi,
  listStoredInstallations,
  type KnownInstallations,
} from '../contexts/installation.js';
import { originOf, type PersistentStore } from '../auth/login-store.js';
import type { StoredSession } from '../auth/session-file.js';
import { getOwnValue } from '../own-value.js';
import type { UnusableEntry } from './old-file.js';
import { canRenew, expiryOf, type OldLogin } from './old-login.js';
import type { Verification } from './verify-login.js';

/** A session that has been verified as far as possible. */
export interface VerifiedLogin {
  readonly login: OldLogin;
  readonly verification: Verification;
}

/** A session of a file, and the context that it becomes. */
export interface PlannedContext extends VerifiedLogin {
  /** Other sessions of the same identity, which are not imported. */
  readonly duplicates: readonly OldLogin[];
  /** Name of the context. */
  readonly name: string;
  readonly settings: ContextSettings;
  /**
   * `new`: the context does not exist. `conflict`: it exists, with another session. `newer`: it exists,
   * and its session is newer. `same`: it has this session already.
   */
  readonly state: 'new' | 'conflict' | 'newer' | 'same';
}

export interface PlanDeps {
  readonly settings: Settings;
  readonly now: Date;
  /** Selects the store of a new context, or of an existing one. */
  readonly selectStore: (existing: ContextSettings | undefined) => PersistentStore;
  /** @returns `undefined` if there is no session, or if it cannot be read. */
  readonly readSession: (
    name: string,
    context: ContextSettings,
  ) => Promise<StoredSession | undefined>;
}

export interface ContextPlan {
  readonly contexts: readonly PlannedContext[];
  readonly unusable: readonly UnusableEntry[];
}

/**
 * Separates sessions that are no longer useful: expired ones without a refresh token, rejected ones, and
 * older sessions of the same identity. The others become contexts.
 */
export async function planContexts(
  verified: readonly VerifiedLogin[],
  deps: PlanDeps,
): Promise<ContextPlan> {
  const { settings, now } = deps;
  const logins = findApis(verified, settings);
  const unusable: UnusableEntry[] = [];
  const reject = ({ file, line, label }: OldLogin, reason: string) =>
    void unusable.push({ file, line, label, reason });
  const useful = logins.filter(({ login, verification }) => {
    const reason = describeProblem(login, verification, now);
    if (reason !== undefined) reject(login, reason);
    return reason === undefined;
  });
  const contexts: PlannedContext[] = [];
  for (const group of groupByKey(useful)) {
    const [best, ...others] = [...group].sort((one, other) => compareUse(one, other, now));
    if (best === undefined) continue;
    const duplicates = others.map(({ login }) => login);
    const { file, line } = best.login;
    for (const login of duplicates) {
      reject(login, `${file}, line ${String(line)} has a newer session of the same identity`);
    }
    contexts.push({ ...(await planContext(best, contexts, deps)), duplicates });
  }
  return { contexts, unusable };
}

/** @returns why a session is useless; `undefined` if it is not. */
function describeProblem(
  { token }: OldLogin,
  { result, text }: Verification,
  now: Date,
): string | undefined {
  if (canRenew(token, now)) return undefined;
  const refresh =
    token.refreshToken === undefined
      ? 'there is no refresh token'
      : 'the refresh token has expired, too';
  const expiry = expiryOf(token);
  if (expiry <= now) {
    return `the access token expired at ${expiry.toISOString().slice(0, 19)}Z, and ${refresh}`;
  }
  return result === 'rejected' ? `${text}, and ${refresh}` : undefined;
}

/** Sorts the most useful session first. */
function compareUse(one: VerifiedLogin, other: VerifiedLogin, now: Date): number {
  const rank = ({ login, verification }: VerifiedLogin): readonly number[] => [
    verification.result === 'rejected' ? 0 : 1,
    canRenew(login.token, now) ? 1 : 0,
    expiryOf(login.token).getTime(),
  ];
  const [ranks, otherRanks] = [rank(one), rank(other)];
  const difference = ranks.map((value, index) => (otherRanks[index] ?? 0) - value);
  return difference.find((value) => value !== 0) ?? 0;
}

function groupByKey(logins: readonly LocatedLogin[]): Iterable<readonly LocatedLogin[]> {
  const groups = new Map<string, LocatedLogin[]>();
  for (const login of logins) {
    const key = keyOf(login);
    groups.set(key, [...(groups.get(key) ?? []), login]);
  }
  return groups.values();
}

/** Two sessions with the same key belong to one context. */
function keyOf({ login, api }: LocatedLogin): string {
  const { identity, clientId, grant, uaa, token } = login;
  const isClient = grant === 'client_credentials';
  return JSON.stringify([identity, clientId, isClient, originOf(token) ?? 'uaa', uaa, api]);
}

/** A session with the API of its UAA. */
interface LocatedLogin extends VerifiedLogin {
  readonly api: string | undefined;
}

/** The files of uaac contain only the UAA. Its API is found in the same way as for `tpks uaa`. */
function findApis(verified: readonly VerifiedLogin[], settings: Settings): readonly LocatedLogin[] {
  const known: KnownInstallations = [
    ...listStoredInstallations(settings),
    ...verified.flatMap(({ login: { api, uaa } }) => (api === undefined ? [] : [{ api, uaa }])),
  ];
  return verified.map((each) => ({
    ...each,
    api: each.login.api ?? findApi(each.login.uaa, known),
  }));
}

async function planContext(
  { login, verification, api }: LocatedLogin,
  planned: readonly PlannedContext[],
  { settings, selectStore, readSession }: PlanDeps,
): Promise<Omit<PlannedContext, 'duplicates'>> {
  const { identity, clientId, grant, isPublicClient, tokenFormat, token } = login;
  const { uaa, caCert, skipTlsVerification } = login;
  const common = { identity, clientId, tokenFormat, api, uaa, caCert, skipTlsVerification };
  const toSettings = (store: PersistentStore): ContextSettings =>
    grant === 'client_credentials'
      ? { ...common, grant, store }
      : { ...common, grant, store, isPublicClient, origin: originOf(token) };
  const key = toSettings('file');
  const existingName = findMatchingContext(key, settings.contexts, settings.current);
  const existing = existingName && getOwnValue(settings.contexts, existingName);
  if (existingName !== undefined && existing) {
    const state = compareSessions(await readSession(existingName, existing), login);
    const own = toSettings(selectStore(existing));
    return { login, verification, name: existingName, settings: own, state };
  }
  const contexts = {
    ...settings.contexts,
    ...Object.fromEntries(planned.map((each) => [each.name, each.settings])),
  };
  const name = createDefaultName(key, contexts);
  const own = toSettings(selectStore(undefined));
  return { login, verification, name, settings: own, state: 'new' };
}

function compareSessions(
  stored: StoredSession | undefined,
  { token }: OldLogin,
): PlannedContext['state'] {
  if (stored === undefined) return 'conflict';
  const isSame =
    stored.accessToken.equals(token.accessToken) ||
    (token.refreshToken !== undefined && token.refreshToken.equals(stored.refreshToken));
  if (isSame) return 'same';
  const hasEnded = stored.refreshRejectedAt !== undefined;
  return !hasEnded && Date.parse(stored.expiresAt) >= expiryOf(token).getTime()
    ? 'newer'
    : 'conflict';
}
