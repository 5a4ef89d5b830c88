import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../base/clock.js';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type {
  KubernetesSessionSettings,
  Settings,
  SettingsFile,
} from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import { readClaims, readTimeClaim } from '../auth/claims.js';
import type { Grants } from '../auth/grants.js';
import {
  tryToDelete,
  type SessionLocation,
  type SessionRepository,
  type StoredSession,
} from '../auth/session-repository.js';
import { RenewableSession, remainingSeconds, toStoredSession } from '../auth/session.js';
import { type Token } from '../auth/token.js';
import { toStoreName, findContext } from '../contexts/context-names.js';
import { toClusterToken, toSessionToken, type ClusterToken } from './cluster-token.js';
import { formatSessionCommand, formatSessionTrustCommand } from './session-command.js';

export interface ClusterTokenOptions {
  readonly minimumSeconds?: number | undefined;
}

/** `expired`: the ID token has expired, and no refresh token can renew it. */
export type KubernetesSessionState = 'valid' | 'ended' | 'expired' | 'missing' | 'unreadable';

export interface KubernetesSession extends KubernetesSessionSettings {
  readonly name: string;
}

/** A Kubernetes session whose tokens can be used. */
export interface SelectedSession extends KubernetesSession {
  /** The command that starts the session again, for hints. */
  readonly command: string;
  readonly trustCommand: string;
  /** Whether the user logs in with a password, as far as is known. */
  readonly usesPassword: boolean;
  /**
   * Returns an ID token, and renews it if necessary.
   * @throws {TpksError} `unauthenticated` if the session has ended, with `command` as the hint; `unavailable`
   *   if the UAA is unreachable and the token has expired.
   */
  readonly token: (options?: ClusterTokenOptions) => Promise<ClusterToken>;
}

export interface KubernetesSessionsDeps {
  readonly settings: SettingsFile;
  readonly sessions: SessionRepository;
  /** The token requests of `pks_cluster_client`, which return ID tokens. */
  readonly grants: (target: Trust & { readonly uaa: string }) => Pick<Grants, 'refresh'>;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
  /** @see Link */
  readonly hasOriginalTexts: boolean;
}

export type KubernetesSessions = ReturnType<typeof createKubernetesSessions>;

/** The sessions that provide kubectl with tokens for the clusters of an installation. */
export function createKubernetesSessions(deps: KubernetesSessionsDeps) {
  const { settings, sessions, clock } = deps;
  return {
    find: async (name: string): Promise<KubernetesSession | undefined> => {
      const found = findSessionSettings(await settings.read(), name);
      return found && { ...found, name };
    },
    /**
     * Stores a new session, or replaces one and keeps its clusters.
     * @throws {TpksError} `keychain`, `storage`; `unavailable` if the token contains no ID token.
     */
    save: (session: KubernetesSession, token: Token) => saveSession(session, token, deps),
    /** Does nothing without a session. @throws {TpksError} `conflict` if another user's session has the name. */
    rename: (name: string, newName: string) => renameSession(name, newName, deps),
    /** Deletes a session and its tokens. @returns whether it existed. @throws {TpksError} `keychain`, `storage` */
    remove: async (name: string) => {
      const session = findSessionSettings(await settings.read(), name);
      if (session === undefined) return false;
      await sessions.delete(toLocation(name, session));
      await settings.update((current) => withSession(current, name, undefined));
      return true;
    },
    /** Records that credentials for clusters were fetched with this session. */
    addClusters: async (name: string, added: readonly string[]) => {
      const session = findSessionSettings(await settings.read(), name);
      const last = session?.clusters.slice(-added.length);
      if (session === undefined || isDeepStrictEqual(last, added)) return;
      await settings.update((current) => {
        const found = findSessionSettings(current, name);
        if (found === undefined) return current;
        const clusters = mergeClusters(found.clusters, added);
        return withSession(current, name, { ...found, clusters });
      });
    },
    /**
     * @param name - name of a session, or of a context as `--context` accepts it.
     * @throws {TpksError} `unauthenticated` with a hint if the session does not exist.
     */
    select: async (name: string) => selectSession(name, await settings.read(), deps),
    /** Checks whether a session can still be used, without sending a request. */
    check: async (name: string): Promise<KubernetesSessionState> => {
      const session = findSessionSettings(await settings.read(), name);
      if (session === undefined) return 'missing';
      return checkStored(toLocation(name, session), sessions, clock.now());
    },
  };
}

async function saveSession(
  { name, ...added }: KubernetesSession,
  token: Token,
  { settings, sessions }: KubernetesSessionsDeps,
): Promise<void> {
  // Callers can pass objects with additional members.
  const { api, uaa, caCert, skipTlsVerification, identity, store, clusters } = added;
  const session = { api, uaa, caCert, skipTlsVerification, identity, store, clusters };
  const stored = toStoredSession(toSessionToken(token, uaa));
  await settings.update(async (current, write) => {
    const old = findSessionSettings(current, name);
    const isSame = old !== undefined && isSameUser(old, session);
    // If this process is killed, the new refresh token must not be sent to the UAA in the old settings.
    if (old !== undefined && !(isSame && old.store === store)) {
      await write(withSession(current, name, undefined));
      if (old.store !== store) await tryToDelete(sessions, toLocation(name, old));
    }
    const loginCommand = formatSessionCommand(name, session, current);
    await sessions.save({ ...toLocation(name, session), loginCommand }, stored);
    const allClusters = mergeClusters(isSame ? old.clusters : [], clusters);
    return withSession(current, name, { ...session, clusters: allClusters });
  });
}

async function renameSession(
  name: string,
  newName: string,
  { settings, sessions }: KubernetesSessionsDeps,
): Promise<void> {
  if (findSessionSettings(await settings.read(), name) === undefined) return;
  await settings.update(async (current, write) => {
    const session = findSessionSettings(current, name);
    if (session === undefined) return current;
    const other = findSessionSettings(current, newName);
    if (other !== undefined && !isSameUser(other, session)) throw takenNameError(newName);
    const location = toLocation(newName, session);
    const allClusters = mergeClusters(other?.clusters ?? [], session.clusters);
    const renamed = withSession(current, newName, { ...session, clusters: allClusters });
    const next = withSession(renamed, name, undefined);
    await sessions.move(toLocation(name, session), location, () => write(next));
    if (other !== undefined && other.store !== session.store) {
      await tryToDelete(sessions, toLocation(newName, other), location);
    }
    return next;
  });
}

function selectSession(
  wanted: string,
  settings: Settings,
  deps: KubernetesSessionsDeps,
): SelectedSession {
  const name = resolveName(wanted, settings);
  const found = findSessionSettings(settings, name);
  const command = formatSessionCommand(name, found, settings);
  if (found === undefined) {
    throw new TpksError('unauthenticated', `There is no Kubernetes session ${name}`, {
      hint: command,
    });
  }
  const context = getOwnValue(settings.contexts, name);
  // A login with another CA also applies to the session of the context.
  const { caCert, skipTlsVerification } = context?.uaa === found.uaa ? context : found;
  const trustCommand = formatSessionTrustCommand(name, found, settings);
  const session = { ...found, name, caCert, skipTlsVerification, command, trustCommand };
  const { sessions, clock, warn, hasOriginalTexts } = deps;
  const { accessToken, readStored } = new RenewableSession({
    sessions,
    location: { ...toLocation(name, found), loginCommand: command },
    renew: (stored) => renewIdToken(stored, session, deps),
    clock,
    warn,
    label: {
      title: `The Kubernetes session of ${name}`,
      identity: found.identity,
      loginCommand: command,
      hasOriginalTexts,
    },
  });
  return {
    ...session,
    usesPassword: context === undefined || context.grant === 'password',
    token: async (options) => {
      await accessToken(options);
      const stored = await readStored();
      if (stored === undefined) throw new Error('the token is not in the session');
      return toClusterToken(stored, clock.now());
    },
  };
}

/** Returns the name of the session. As in every command, the identity can stand for the context's name. */
function resolveName(wanted: string, settings: Settings): string {
  if (findSessionSettings(settings, wanted) !== undefined) return wanted;
  try {
    return findContext(wanted, settings);
  } catch (error) {
    if (isTpksError(error) && error.kind === 'notFound') return wanted;
    throw error;
  }
}

/** Requests the next ID token. @see RFC 6749, section 6 */
async function renewIdToken(
  stored: StoredSession | undefined,
  session: Omit<SelectedSession, 'usesPassword' | 'token'>,
  { settings, grants }: Pick<KubernetesSessionsDeps, 'settings' | 'grants'>,
): Promise<Token> {
  const { name, command, uaa, caCert, skipTlsVerification, trustCommand } = session;
  // A logout or a login may have replaced the session while this process waited for the lock. The UAA of
  // the old session must not get the new refresh token.
  const current = findSessionSettings(await settings.read(), name);
  if (current?.uaa !== uaa) throw endedError('another command has ended or replaced it', command);
  if (stored === undefined) throw endedError('its tokens no longer exist', command);
  const { refreshToken } = stored;
  if (refreshToken === undefined) {
    throw endedError('its token has expired, and the UAA issued no refresh token', command);
  }
  try {
    const client = grants({ uaa, caCert, skipTlsVerification, trustCommand });
    return toSessionToken(await client.refresh(refreshToken), uaa);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const reason = `Cannot renew the token for kubectl: ${error.message}`;
    if (error.kind === 'unavailable') throw rewordError(error, { message: reason });
    if (!['unauthenticated', 'failed'].includes(error.kind)) throw error;
    throw rewordError(error, {
      message: `${new URL(uaa).host} did not renew the token for kubectl: ${error.message}`,
      hint: command,
    });
  }
}

function endedError(reason: string, hint: string): TpksError {
  return new TpksError('unauthenticated', `The Kubernetes session has ended: ${reason}`, { hint });
}

/** Whether a stored session can still be used. Sends no request. */
async function checkStored(
  location: SessionLocation,
  sessions: SessionRepository,
  now: Date,
): Promise<KubernetesSessionState> {
  try {
    const stored = await sessions.load(location);
    if (stored === undefined) return 'missing';
    if (stored.refreshRejectedAt !== undefined) return 'ended';
    if (remainingSeconds(stored, now) > 0) return 'valid';
    const { refreshToken, clockOffsetSeconds } = stored;
    if (refreshToken === undefined) return 'expired';
    const expiresAt = readTimeClaim(readClaims(refreshToken), 'exp');
    const serverNow = now.getTime() + clockOffsetSeconds * 1000;
    return expiresAt !== undefined && expiresAt.getTime() <= serverNow ? 'expired' : 'valid';
  } catch (error) {
    if (isTpksError(error)) return 'unreadable';
    throw error;
  }
}

function isSameUser(one: KubernetesSessionSettings, other: KubernetesSessionSettings): boolean {
  return (['identity', 'uaa', 'api'] as const).every((key) => one[key] === other[key]);
}

/** Adds clusters at the end, so that the last one is the cluster that was used last. */
function mergeClusters(old: readonly string[], added: readonly string[]): readonly string[] {
  return [...new Set([...old.filter((name) => !added.includes(name)), ...added])];
}

/** @param session - the new settings; `undefined` removes the session. */
function withSession(
  settings: Settings,
  name: string,
  session: KubernetesSessionSettings | undefined,
): Settings {
  const { kubernetesSessions = {}, ...rest } = settings;
  const sessions = new Map(Object.entries(kubernetesSessions));
  if (session === undefined) sessions.delete(name);
  else sessions.set(name, session);
  if (sessions.size === 0) return rest;
  return { ...rest, kubernetesSessions: Object.fromEntries(sessions) };
}

function toLocation(name: string, { store }: KubernetesSessionSettings): SessionLocation {
  return { name: toStoreName(name), store };
}

function takenNameError(name: string): TpksError {
  return new TpksError(
    'conflict',
    `The Kubernetes session ${name} belongs to another user or installation`,
    {
      hint: `choose another name, or delete the session: tpks logout --context ${quoteForShell(name)}`,
    },
  );
}

function findSessionSettings(
  { kubernetesSessions = {} }: Settings,
  name: string,
): KubernetesSessionSettings | undefined {
  return getOwnValue(kubernetesSessions, name);
}
