import { rm } from 'node:fs/promises';
import { encodePathSegment } from '../../api/client/api-client.js';
import { formatInstant, type Clock } from '../../base/clock.js';
import { errorMessage, isStoreError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { redact, type Secret } from '../../base/secret.js';
import {
  type ContextSettings,
  type Settings,
  type SettingsFile,
  renameInSelections,
} from '../../platform/config/settings.js';
import { withDiskErrors } from '../../platform/disk/disk-error.js';
import type { Send } from '../../platform/http/send.js';
import type { Servers } from '../../platform/http/time-limits.js';
import { toStoreName } from '../contexts/context-names.js';
import { readClaims, readTextClaim, readTimeClaim } from './claims.js';
import type { PksCredsLocation } from './pks-creds-sessions.js';
import { listOrphanedFiles } from './session-files.js';
import {
  hasSession,
  type SessionLocation,
  type SessionRepository,
  type StoredSession,
} from './session-repository.js';

export type RevokedToken = 'access token' | 'refresh token';

export interface LogoutResult {
  readonly name: string;
  readonly removed: boolean;
  /** The tokens that the UAA revoked. It can revoke only tokens that it stores (opaque or revocable). */
  readonly revoked: readonly RevokedToken[];
  /** Path of the deleted plain-text copy of the session, if any. */
  readonly deletedCopy?: string | undefined;
  /** Present if the Kubernetes session with this name was also deleted. */
  readonly deletedKubernetesSession?: true;
  /** The steps that failed, one sentence each. */
  readonly problems: readonly string[];
  /** The tokens that stay valid, because the UAA does not store them; e.g. `access token: 2026-11-25T10:10:00Z`. */
  readonly validTokens?: readonly string[];
}

/** The identity in a `creds.yml` that tpks uses as the session when run as `pks` or `tkgi`. */
export interface PksCredsContext extends Servers, PksCredsLocation {
  readonly name: string;
  readonly uaa: string;
}

export interface LogoutsDeps {
  readonly settings: SettingsFile;
  readonly folders: { readonly sessions: string; readonly keys: string };
  readonly sessions: SessionRepository;
  readonly connect: (servers: Servers) => Send;
  readonly clock: Pick<Clock, 'now'>;
  /** Deletes the plain-text copy of a session. @returns its path; `undefined` if there was none. */
  readonly removePksCreds: (name: string) => Promise<string | undefined>;
  /** Deletes a Kubernetes session. @returns whether it existed. */
  readonly removeKubernetesSession: (name: string) => Promise<boolean>;
  readonly pksCredsSessions: Pick<SessionRepository<PksCredsLocation>, 'load' | 'delete'>;
}

export function createLogouts(deps: LogoutsDeps) {
  const { settings, sessions } = deps;
  const endSession = async (
    name: string,
    { isRevoked }: { readonly isRevoked: boolean },
  ): Promise<LogoutResult> => {
    const context = getOwnValue((await settings.read()).contexts, name);
    if (context === undefined) return { name, removed: false, revoked: [], problems: [] };
    const location = { ...context, name };
    const revocation = isRevoked
      ? await revokeStored(context, () => sessions.load(location), deps)
      : { revoked: [], problems: [] };
    const removal = await removeAll(location, deps);
    const problems = [...revocation.problems, ...removal.problems];
    return { name, ...revocation, ...removal, problems };
  };
  return {
    /**
     * Revokes the tokens if possible, and deletes the session and its Kubernetes session even if the
     * server fails. The context is kept, so that the next login needs no address.
     * @throws {TpksError} `keychain` or `storage` if the session still exists.
     */
    logout: (name: string) => endSession(name, { isRevoked: true }),
    /**
     * Deletes the session without a request. Copies of the tokens work until they expire.
     * @throws {TpksError} `keychain` or `storage` if the session still exists.
     */
    removeLocally: (name: string) => endSession(name, { isRevoked: false }),
    /** Deletes a Kubernetes session that has no context. @throws {TpksError} `keychain` or `storage` */
    removeKubernetesSession: async (name: string): Promise<LogoutResult> => ({
      name,
      removed: false,
      revoked: [],
      ...((await deps.removeKubernetesSession(name)) ? { deletedKubernetesSession: true } : {}),
      problems: [],
    }),
    /** Like `logout`, for a `creds.yml` that a link uses. @throws {TpksError} `storage` */
    logoutOfPksCreds: async (context: PksCredsContext): Promise<LogoutResult> => {
      const { pksCredsSessions } = deps;
      const load = () => pksCredsSessions.load(context);
      const revocation = await revokeStored(context, load, deps);
      const removed = await pksCredsSessions.delete(context);
      const deletedCopy = removed ? context.pksCredsPath : undefined;
      return { name: context.name, removed, deletedCopy, ...revocation };
    },
    /** Removes session and key files that do not belong to a context. @throws {TpksError} `storage` */
    removeOrphanedFiles: () => removeOrphanedFiles(deps),
    /** Removes a context from the settings. A role that used it has no identity afterwards. */
    removeContext: async (name: string) => {
      await settings.update((old) => withoutContext(old, name));
    },
  };
}

type Revocation = Pick<LogoutResult, 'revoked' | 'problems' | 'validTokens'>;

/** Revokes the tokens of a session. An error is only reported, so that the session can still be removed. */
async function revokeStored(
  context: Servers & Pick<ContextSettings, 'uaa'>,
  load: () => Promise<StoredSession | undefined>,
  { connect, clock }: Pick<LogoutsDeps, 'connect' | 'clock'>,
): Promise<Revocation> {
  const [loaded] = await Promise.allSettled([load()]);
  if (loaded.status === 'rejected') {
    const problem = `the tokens were not revoked: ${errorMessage(loaded.reason)}`;
    return { revoked: [], problems: [problem] };
  }
  if (loaded.value === undefined) return { revoked: [], problems: [] };
  return revokeTokens(loaded.value, context.uaa, connect(context), clock.now());
}

async function revokeTokens(
  session: StoredSession,
  uaa: string,
  send: Send,
  now: Date,
): Promise<Revocation> {
  const revoked: RevokedToken[] = [];
  const problems: string[] = [];
  // The access token authorizes both requests, so it is revoked last.
  const tokens = [
    { kind: 'refresh token', token: session.refreshToken },
    { kind: 'access token', token: session.accessToken },
  ] as const;
  const validTokens: string[] = [];
  const serverNow = now.getTime() + session.clockOffsetSeconds * 1000;
  for (const { kind, token } of tokens) {
    if (token === undefined) continue;
    const id = readRevocableId(token);
    if (id === undefined) {
      const expiry = readTimeClaim(readClaims(token), 'exp');
      const hasExpired = expiry !== undefined && expiry.getTime() <= serverNow;
      const time = expiry === undefined ? '' : `: ${formatInstant(expiry)}`;
      if (!hasExpired) validTokens.push(`${kind}${time}`);
      continue;
    }
    try {
      const { status, text } = await send({
        method: 'DELETE',
        url: `${uaa}/oauth/token/revoke/${encodePathSegment(id, 'token id')}`,
        headers: {
          authorization: `Bearer ${session.accessToken.reveal()}`,
          accept: 'application/json',
        },
        timeoutSeconds: 10,
      });
      await text();
      if (status < 300) revoked.push(kind);
      else problems.push(`the UAA did not revoke the ${kind} (HTTP ${String(status)})`);
    } catch (error) {
      problems.push(`the ${kind} was not revoked: ${redact(errorMessage(error))}`);
    }
  }
  return { revoked, problems, ...(validTokens.length === 0 ? {} : { validTokens }) };
}

/**
 * The id by which the UAA revokes a token; `undefined` if the UAA does not store it.
 * @see docs/contributing/servers/uaa.md#revocation
 */
function readRevocableId(token: Secret): string | undefined {
  const tokenClaims = readClaims(token);
  if (tokenClaims === undefined) return token.reveal();
  return tokenClaims['revocable'] === true ? readTextClaim(tokenClaims, 'jti') : undefined;
}

type Removal = Pick<
  LogoutResult,
  'removed' | 'deletedCopy' | 'deletedKubernetesSession' | 'problems'
>;

/**
 * Removes the copy, the Kubernetes session and the session, even if an earlier step fails.
 * @throws {TpksError} `keychain` or `storage` if the session still exists.
 */
async function removeAll(
  location: ContextSettings & SessionLocation,
  deps: LogoutsDeps,
): Promise<Removal> {
  const { name, pksCreds } = location;
  const problems: string[] = [];
  const report = (problem: string, error: unknown): void => {
    problems.push(`${problem}: ${errorMessage(error)}`);
  };
  const deletedCopy =
    pksCreds &&
    (await deps.removePksCreds(name).catch((error: unknown) => {
      report(`the plain-text copy ${pksCreds.path} was not deleted`, error);
      return undefined;
    }));
  const { kubernetesSessions = {} } = await deps.settings.read();
  const hasDeletedKubernetesSession =
    Object.hasOwn(kubernetesSessions, name) &&
    (await deps.removeKubernetesSession(name).catch((error: unknown) => {
      if (!isStoreError(error)) throw error;
      report('the Kubernetes session was not deleted', error);
      return false;
    }));
  const removed = await deps.sessions.delete(location).catch(async (error: unknown) => {
    // A key without its session file is useless, so the failure matters only if the file still exists.
    if (!isStoreError(error) || (await hasSession(deps.sessions, location))) throw error;
    report('the key was not deleted', error);
    return true;
  });
  return {
    removed,
    ...(deletedCopy === undefined ? {} : { deletedCopy }),
    ...(hasDeletedKubernetesSession ? { deletedKubernetesSession: true } : {}),
    problems,
  };
}

function withoutContext(settings: Settings, name: string): Settings {
  const { selections, contexts } = settings;
  return {
    ...settings,
    selections: renameInSelections(selections, (each) => (each === name ? undefined : each)),
    contexts: Object.fromEntries(Object.entries(contexts).filter(([key]) => key !== name)),
  };
}

/** Removes session and key files that belong to no context or Kubernetes session. @throws {TpksError} `storage` */
export async function removeOrphanedFiles({
  settings,
  folders,
}: Pick<LogoutsDeps, 'settings' | 'folders'>): Promise<void> {
  const findFiles = (current: Settings) => listOrphanedFiles(folders, listLocations(current));
  if ((await findFiles(await settings.read())).length === 0) return;
  // A login or rename holds this lock until the settings contain its context, so its files are kept.
  await settings.update(async (current) => {
    for (const path of await findFiles(current)) {
      await withDiskErrors('write', path, () => rm(path, { force: true }));
    }
    return current;
  });
}

function listLocations({ contexts, kubernetesSessions = {} }: Settings): SessionLocation[] {
  return [
    ...Object.entries(contexts).map(([name, context]) => ({ ...context, name })),
    ...Object.entries(kubernetesSessions).map(([name, { store }]) => ({
      name: toStoreName(name),
      store,
    })),
  ];
}
