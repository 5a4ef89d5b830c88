import type { ContextSettings, Settings } from '../config/settings.js';
import { errorMessage, isStoreError } from '../errors.js';
import { ownValue } from '../own-value.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import { redact, type Secret } from '../secret.js';
import { claims, textClaim, timeClaim } from './claims.js';
import type { SessionPlace, SessionStore, StoredSession } from './session-file.js';
import { removeOrphanedFiles, type OrphanedFilesDeps } from './strays.js';

export interface LogoutResult {
  readonly name: string;
  /** Whether there was a session to remove. */
  readonly removed: boolean;
  /** What UAA says it revoked: stored (opaque, revocable) tokens alone can be. */
  readonly revoked: readonly ('access token' | 'refresh token')[];
  /** What could not be done, one sentence each. */
  readonly problems: readonly string[];
}

/** Ending sessions. */
export interface Logouts {
  /**
   * Revokes what UAA can revoke and deletes the key and the session file even if the server fails. The
   * context stays, so that the next login needs no address.
   * @throws {TpksError} `keychain` or `storage` when the session is still there.
   */
  readonly logout: (name: string) => Promise<LogoutResult>;
  /**
   * Deletes key and session file and asks no server: the tokens work until they end.
   * @throws {TpksError} `keychain` or `storage` when the session is still there.
   */
  readonly drop: (name: string) => Promise<LogoutResult>;
  /** Removes the files of sessions that no context names. @throws {TpksError} `keychain` or `storage` */
  readonly dropStrays: () => Promise<void>;
  /** Takes a context out of the settings, and off the pointers. */
  readonly forget: (name: string) => Promise<void>;
}

export interface LogoutsDeps extends OrphanedFilesDeps {
  readonly sessionStore: (name: string, place: SessionPlace) => Promise<SessionStore>;
  readonly send: (trust: ContextSettings) => Promise<Send>;
  /** Keeps a refresh of that context from getting in between. */
  readonly exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

export function createLogouts(deps: LogoutsDeps): Logouts {
  const { settings, sessionStore, send, exclusively } = deps;
  const contextOf = async (name: string): Promise<ContextSettings | undefined> => {
    const { contexts } = await settings.read();
    return ownValue(contexts, name);
  };
  return {
    logout: async (name) => {
      const context = await contextOf(name);
      if (context === undefined) return { name, removed: false, revoked: [], problems: [] };
      const problems: string[] = [];
      const store = await sessionStore(name, context);
      const session = await store.read().catch((error: unknown) => {
        problems.push(`the tokens were not revoked: ${errorMessage(error)}`);
        return undefined;
      });
      const revoked = session === undefined ? [] : await revoke(context, session, send, problems);
      const removed = await removeSession(store, (work) => exclusively(name, work), problems);
      return { name, removed, revoked, problems };
    },
    drop: async (name) => {
      const context = await contextOf(name);
      if (context === undefined) return { name, removed: false, revoked: [], problems: [] };
      const problems: string[] = [];
      const store = await sessionStore(name, context);
      const removed = await removeSession(store, (work) => exclusively(name, work), problems);
      return { name, removed, revoked: [], problems };
    },
    dropStrays: () => removeOrphanedFiles(deps),
    forget: async (name) => {
      await settings.update((old) => withoutContext(old, name));
    },
  };
}

/**
 * @returns whether there was a session.
 * @throws {TpksError} `keychain` or `storage` when it is still there.
 */
async function removeSession(
  store: SessionStore,
  exclusively: <T>(work: () => Promise<T>) => Promise<T>,
  problems: string[],
): Promise<boolean> {
  try {
    return await exclusively(() => store.remove());
  } catch (error) {
    if (!isStoreError(error)) throw error;
  }
  try {
    // On a full disk there is no room for the lock, and all the more reason to remove.
    return await store.remove();
  } catch (error) {
    // Without its file a key opens nothing; with it the session is still there.
    const isGone = await store.read().then(
      (session) => session === undefined,
      () => false,
    );
    if (!isStoreError(error) || !isGone) throw error;
    problems.push(`the key was not deleted: ${error.message}`);
    return true;
  }
}

function withoutContext(settings: Settings, name: string): Settings {
  const { current, currentUaa, contexts, ...rest } = settings;
  const pointers = Object.entries({ current, currentUaa }).filter(
    ([, to]) => to !== undefined && to !== name,
  );
  return {
    ...rest,
    ...Object.fromEntries(pointers),
    contexts: Object.fromEntries(Object.entries(contexts).filter(([key]) => key !== name)),
  };
}

async function revoke(
  context: ContextSettings,
  session: StoredSession,
  send: (trust: ContextSettings) => Promise<Send>,
  problems: string[],
): Promise<LogoutResult['revoked']> {
  const door = await send(context);
  const revoked: LogoutResult['revoked'][number][] = [];
  // The access token authorises both requests, so it goes last.
  const tokens = [
    ['refresh token', session.refreshToken],
    ['access token', session.accessToken],
  ] as const;
  const lasting: string[] = [];
  for (const [what, token] of tokens) {
    if (token === undefined) continue;
    const id = readRevocableId(token);
    if (id === undefined) {
      lasting.push(`the ${what}${formatExpiry(token)}`);
      continue;
    }
    try {
      const { status, text } = await door({
        method: 'DELETE',
        url: `${context.uaa}/oauth/token/revoke/${pathSegment(id, 'token id')}`,
        headers: {
          authorization: `Bearer ${session.accessToken.open()}`,
          accept: 'application/json',
        },
        timeoutSeconds: 10,
      });
      await text();
      if (status < 300) revoked.push(what);
      else problems.push(`${what}: the UAA did not revoke it (HTTP ${String(status)})`);
    } catch (error) {
      problems.push(`${what}: not revoked: ${redact(errorMessage(error))}`);
    }
  }
  if (lasting.length > 0) {
    problems.push(
      `the UAA cannot revoke tokens that it does not store; a copy ends by itself (${lasting.join(', ')})`,
    );
  }
  return revoked;
}

function formatExpiry(token: Secret): string {
  const end = timeClaim(claims(token), 'exp');
  return end === undefined ? '' : `: ${end.toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** UAA revokes by id what it stores: opaque tokens are their own id. @see uaa-api, section 7.4 */
function readRevocableId(token: Secret): string | undefined {
  const said = claims(token);
  if (said === undefined) return token.open();
  return said['revocable'] === true ? textClaim(said, 'jti') : undefined;
}
