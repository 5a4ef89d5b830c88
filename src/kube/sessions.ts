import { createSession } from '../auth/session.js';
import type { Grants } from '../auth/grants.js';
import type { TokenClient } from '../auth/request-token.js';
import type { SessionLocation, SessionStore, StoredSession } from '../auth/session-file.js';
import type { Token } from '../auth/token.js';
import type { Clock } from '../clock.js';
import type { KubernetesSessionSettings, Settings, SettingsFile } from '../config/settings.js';
import { isTpksError } from '../errors.js';
import { findContext } from '../contexts/find-context.js';
import type { Trust } from '../http/send.js';
import { getOwnValue } from '../own-value.js';
import { Secret } from '../secret.js';
import type { CredentialCalls } from './credential-calls.js';
import { toClusterToken, type ClusterToken, type ClusterTokenOptions } from './id-token.js';
import type { OwnContext } from './kubeconfig/kubeconfig.js';
import { missingSessionError } from './missing-session.js';
import { renewIdToken } from './renew-id-token.js';
import { formatSessionCommand, formatTrustCommand } from './session-command.js';
import { toStoreName } from './store-name.js';
import {
  changeClusters,
  checkStored,
  createStoredSessions,
  findSessionSettings,
  type KubernetesSessionState,
} from './stored-sessions.js';

export type { ClusterToken, ClusterTokenOptions, KubernetesSessionState };

/** The UAA client of sessions for clusters. Its secret is empty. @see kubernetes, section 2 */
export const clusterClientId = 'pks_cluster_client';

/** The client and the parameters of token requests that return ID tokens. */
export function clusterClient(): Pick<TokenClient, 'clientId' | 'clientSecret' | 'responseType'> {
  return { clientId: clusterClientId, clientSecret: new Secret(''), responseType: 'id_token' };
}

/** A stored Kubernetes session, without its tokens. */
export interface KubernetesSession extends KubernetesSessionSettings {
  readonly name: string;
}

/** A Kubernetes session, with the commands for hints. */
export interface RenewableSession extends KubernetesSession {
  /** The command that starts the session again. */
  readonly command: string;
  /** @see Trust.trustCommand */
  readonly trustCommand: string;
}

/** A Kubernetes session whose tokens can be used. */
export interface SelectedSession extends RenewableSession {
  /** Whether the user logs in with a password, as far as is known. */
  readonly usesPassword: boolean;
  /** @see KubernetesSessions.token */
  readonly token: (options?: ClusterTokenOptions) => Promise<ClusterToken>;
}

/** The sessions that provide tokens for the clusters of an installation to kubectl. */
export interface KubernetesSessions {
  /** @returns `undefined` if no session has this name. */
  readonly find: (name: string) => Promise<KubernetesSession | undefined>;
  /**
   * Stores a new session, or replaces the one with this name.
   * @param session.clusters - added to the clusters of an existing session.
   * @throws {TpksError} `keychain`, `storage`; `unavailable` if the token contains no ID token.
   */
  readonly save: (session: KubernetesSession, token: Token) => Promise<void>;
  /** Records that credentials for a cluster were fetched with this session. */
  readonly addCluster: (name: string, cluster: string) => Promise<void>;
  /** Removes a cluster from the list of a session. The session is kept. */
  readonly removeCluster: (name: string, cluster: string) => Promise<void>;
  /**
   * Selects the session of a context, or the session with this name.
   * @param name - name of a session, or of a context as `--context` accepts it.
   * @throws {TpksError} `unauthenticated` if the session does not exist, with the command that starts one as the
   *   hint.
   */
  readonly select: (name: string) => Promise<SelectedSession>;
  /**
   * Returns an ID token, and renews it if necessary.
   * @throws {TpksError} `unauthenticated` if the session does not exist or has ended, with the command that
   *   starts a new one as the hint; `unavailable` if the UAA is unreachable and the token has expired.
   */
  readonly token: (name: string, options?: ClusterTokenOptions) => Promise<ClusterToken>;
  /** Checks whether a session can still be used, without sending a request. */
  readonly check: (name: string) => Promise<KubernetesSessionState>;
  /**
   * Renames a session after its context was renamed. Does nothing if the session does not exist.
   * @throws {TpksError} `conflict` if another user's session already has the new name.
   */
  readonly rename: (name: string, newName: string) => Promise<void>;
  /** Deletes a session and its tokens. @returns whether it existed. @throws {TpksError} `keychain`, `storage` */
  readonly remove: (name: string) => Promise<boolean>;
}

export interface KubernetesSessionsDeps {
  readonly settings: SettingsFile;
  readonly sessionStore: (name: string, location: SessionLocation) => Promise<SessionStore>;
  /** Runs the work while no other process renews the token of that session. */
  readonly withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** The token requests of `pks_cluster_client`, which return ID tokens. */
  readonly grants: (target: Trust & { readonly uaa: string }) => Promise<Pick<Grants, 'refresh'>>;
  /** The calls of the credential plugin for a session. */
  readonly calls: (sessionName: string) => Promise<CredentialCalls>;
  /** Finds a kubeconfig context that uses a session. */
  readonly findKubeconfigContext: (sessionName: string) => Promise<OwnContext | undefined>;
  readonly clock: Clock;
  readonly warn: (text: string) => void;
}

export function createKubernetesSessions(deps: KubernetesSessionsDeps): KubernetesSessions {
  const { settings } = deps;
  const select = async (name: string) => selectSession(name, await settings.read(), deps);
  return {
    ...createStoredSessions(deps),
    find: async (name) => {
      const found = findSessionSettings(await settings.read(), name);
      return found && { ...found, name };
    },
    addCluster: (name, cluster) =>
      changeClusters(settings, name, (clusters) =>
        clusters.at(-1) === cluster
          ? clusters
          : [...clusters.filter((each) => each !== cluster), cluster],
      ),
    removeCluster: (name, cluster) =>
      changeClusters(settings, name, (clusters) =>
        clusters.includes(cluster) ? clusters.filter((each) => each !== cluster) : clusters,
      ),
    select,
    token: async (name, options) => (await select(name)).token(options),
    check: async (name) => {
      const session = findSessionSettings(await settings.read(), name);
      if (session === undefined) return 'missing';
      return checkStored(await deps.sessionStore(toStoreName(name), session), deps.clock.now());
    },
  };
}

async function selectSession(
  wanted: string,
  settings: Settings,
  deps: KubernetesSessionsDeps,
): Promise<SelectedSession> {
  const name = resolveName(wanted, settings);
  const found = findSessionSettings(settings, name);
  if (found === undefined) {
    throw missingSessionError(name, settings, await deps.findKubeconfigContext(name));
  }
  const command = formatSessionCommand(name, found, settings);
  const context = getOwnValue(settings.contexts, name);
  // A login with another CA also applies to the session of the context.
  const { caCert, skipTlsVerification } = context?.uaa === found.uaa ? context : found;
  const trustCommand = formatTrustCommand(name, command, settings);
  const session = { ...found, name, caCert, skipTlsVerification, command, trustCommand };
  const { clock } = deps;
  const storeName = toStoreName(name);
  const store = await deps.sessionStore(storeName, { ...session, loginCommand: command });
  // Cached, so that the lifetime of the returned token is known without decrypting the session again.
  const seen: StoredSession[] = [];
  const calls = () => deps.calls(name);
  const { accessToken } = createSession({
    store: {
      ...store,
      read: async () => {
        const stored = await store.read();
        if (stored !== undefined) seen.push(stored);
        return stored;
      },
    },
    renew: (stored) => renewIdToken(stored, session, deps),
    withLock: (work) => deps.withLock(storeName, work),
    onRenewed: async (renewed) => {
      seen.push(renewed);
      (await calls()).prune(clock.now());
    },
    clock,
    warn: deps.warn,
    loginCommand: command,
  });
  return {
    ...session,
    usesPassword: context === undefined || context.grant === 'password',
    token: async (options) => {
      const idToken = await accessToken(options);
      const used = seen.findLast((each) => each.accessToken.equals(idToken));
      if (used === undefined) throw new Error('the token is not in the session');
      return toClusterToken(used, clock.now());
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
