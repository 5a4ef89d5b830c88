import { readClaims, readTimeClaim } from '../auth/claims.js';
import { remainingSeconds, toStoredSession } from '../auth/session.js';
import { copySession, type SessionStore } from '../auth/session-file.js';
import type { KubernetesSessionSettings, Settings, SettingsFile } from '../config/settings.js';
import { isStoreError, isTpksError, TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import { quoteForShell } from '../shell-quote.js';
import { toSessionToken } from './id-token.js';
import { formatSessionCommand } from './session-command.js';
import type { KubernetesSessions, KubernetesSessionsDeps } from './sessions.js';
import { toStoreName } from './store-name.js';

/** `expired`: the ID token has expired, and no refresh token can renew it. */
export type KubernetesSessionState = 'valid' | 'ended' | 'expired' | 'missing' | 'unreadable';

/** @returns `undefined` if no session has this name. */
export function findSessionSettings(
  { kubernetesSessions = {} }: Settings,
  name: string,
): KubernetesSessionSettings | undefined {
  return getOwnValue(kubernetesSessions, name);
}

/** Creates the functions that store, rename and delete sessions. */
export function createStoredSessions(
  deps: KubernetesSessionsDeps,
): Pick<KubernetesSessions, 'save' | 'rename' | 'remove'> {
  const { settings, sessionStore, withLock, calls } = deps;
  return {
    save: async ({ name, ...settingsOfSession }, token) => {
      const session = toSettings(settingsOfSession);
      const stored = toStoredSession(toSessionToken(token, session.uaa));
      await settings.update(async (current, write) => {
        const old = findSessionSettings(current, name);
        const isSame = old !== undefined && isSameUser(old, session);
        // If this process is killed, the new refresh token must not be sent to the UAA in the old settings.
        if (old !== undefined && !(isSame && old.store === session.store)) {
          await write(withSession(current, name, undefined));
          if (old.store !== session.store) await removeFromOldStore(name, old, deps);
        }
        const loginCommand = formatSessionCommand(name, session, current);
        const store = await sessionStore(toStoreName(name), { ...session, loginCommand });
        await withLock(toStoreName(name), async () => {
          const reservation = await store.reserve();
          try {
            await reservation.write(stored);
          } finally {
            await reservation.release();
          }
        });
        const clusters = mergeClusters(isSame ? old.clusters : [], session.clusters);
        return withSession(current, name, { ...session, clusters });
      });
      (await calls(name)).clear();
    },
    rename: async (name, newName) => {
      if (findSessionSettings(await settings.read(), name) === undefined) return;
      let oldStore: SessionStore | undefined;
      await settings.update(async (current) => {
        const session = findSessionSettings(current, name);
        if (session === undefined) return current;
        const other = findSessionSettings(current, newName);
        if (other !== undefined && !isSameUser(other, session)) throw takenNameError(newName);
        const otherStore = other?.store === session.store ? undefined : other?.store;
        const [store, newStore] = await Promise.all([
          sessionStore(toStoreName(name), session),
          sessionStore(toStoreName(newName), { ...session, otherStore }),
        ]);
        await withLock(toStoreName(name), () => copySession(store, newStore));
        oldStore = store;
        await newStore.removeEarlierLogins();
        const clusters = mergeClusters(other?.clusters ?? [], session.clusters);
        const next = withSession(current, newName, { ...session, clusters });
        return withSession(next, name, undefined);
      });
      await oldStore?.remove();
      (await calls(name)).clear();
    },
    remove: async (name) => {
      const session = findSessionSettings(await settings.read(), name);
      if (session === undefined) return false;
      const store = await sessionStore(toStoreName(name), session);
      await withLock(toStoreName(name), store.remove);
      await settings.update((current) => withSession(current, name, undefined));
      (await calls(name)).clear();
      return true;
    },
  };
}

/** Changes the clusters of a session. Writes nothing if the function returns the same array. */
export async function changeClusters(
  settings: SettingsFile,
  name: string,
  change: (clusters: readonly string[]) => readonly string[],
): Promise<void> {
  const session = findSessionSettings(await settings.read(), name);
  if (session === undefined || change(session.clusters) === session.clusters) return;
  await settings.update((current) => {
    const found = findSessionSettings(current, name);
    return found === undefined
      ? current
      : withSession(current, name, { ...found, clusters: change(found.clusters) });
  });
}

/** Whether a stored session can still be used. Sends no request. */
export async function checkStored(
  store: Pick<SessionStore, 'read'>,
  now: Date,
): Promise<KubernetesSessionState> {
  try {
    const stored = await store.read();
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

type SessionOwner = Pick<KubernetesSessionSettings, 'identity' | 'uaa' | 'api'>;

/** Whether two sessions belong to the same user at the same installation. */
function isSameUser(one: SessionOwner, other: SessionOwner): boolean {
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

/** Selects the members to store, because callers can pass objects with additional members. */
function toSettings(session: KubernetesSessionSettings): KubernetesSessionSettings {
  const { api, uaa, caCert, skipTlsVerification, identity, store, clusters } = session;
  return { api, uaa, caCert, skipTlsVerification, identity, store, clusters };
}

/** Removes a session that is to be stored elsewhere. If its store fails, a useless key remains there. */
async function removeFromOldStore(
  name: string,
  session: KubernetesSessionSettings,
  { sessionStore, withLock }: KubernetesSessionsDeps,
): Promise<void> {
  try {
    const store = await sessionStore(toStoreName(name), session);
    await withLock(toStoreName(name), store.remove);
  } catch (error) {
    if (!isStoreError(error)) throw error;
  }
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
