import { readCaCert } from '../config/ca-cert.js';
import type { Environment } from '../config/environment.js';
import type { PksCreds } from '../config/pks-creds-file.js';
import { readPksCreds, writePksCreds } from '../config/pks-creds-storage.js';
import type { EnvironmentIdentity } from '../contexts/context.js';
import { parseInstallation } from '../contexts/installation.js';
import { isStoreError, messageWithHint } from '../errors.js';
import { readClaims, readTextClaim } from './claims.js';
import { isSameIdentity, removeCopy, type PksCredsOwner } from './pks-creds-owner.js';
import type { SessionStore, StoredSession } from './session-file.js';
import { toStoredSession } from './session.js';
import { toToken } from './token.js';

/**
 * Reads the identity in `creds.yml`, for a link named `pks` or `tkgi`. The file contains neither ports
 * nor the UAA; these come from `TPKS_API` and `TPKS_UAA_URL`, or have their default values.
 * @returns `undefined` if the file does not exist, has no token, or belongs to a different API than the
 *   one in `TPKS_API`.
 * @throws {TpksError} `storage` or `usage` if the file cannot be read.
 */
export function readPksCredsContext(
  path: string,
  { TPKS_API: envApi, TPKS_UAA_URL: envUaa, TPKS_CA_CERT: envCa }: Environment,
): EnvironmentIdentity | undefined {
  const creds = readPksCreds(path);
  if (creds?.accessToken === undefined) return undefined;
  const { api, uaa } = parseInstallation(envApi ?? creds.api, envUaa);
  const { hostname } = new URL(api);
  // The token must not be sent to any host other than the one it was issued for.
  if (hostname !== new URL(parseInstallation(creds.api).api).hostname) return undefined;
  const caCert = envCa === undefined ? creds.caCert : readCaCert(envCa);
  const claims = readClaims(creds.accessToken);
  const clientId = readTextClaim(claims, 'client_id') ?? creds.username;
  const isClient =
    creds.refreshToken === undefined &&
    readTextClaim(claims, 'grant_type') === 'client_credentials';
  const identity = creds.username || (readTextClaim(claims, 'user_name') ?? clientId);
  return {
    name: `${identity}@${hostname}`,
    identity,
    ...(isClient
      ? { grant: 'client_credentials', clientId }
      : { grant: 'password', clientId: 'pks_cli' }),
    api,
    uaa,
    ...(caCert === undefined ? {} : { caCert }),
    skipTlsVerification: envCa === undefined && creds.skipSslVerification,
    store: 'none',
    pksCredsPath: path,
    sources: {
      name: 'creds.yml',
      api: envApi === undefined ? 'creds.yml' : 'variable TPKS_API',
      uaa: envUaa === undefined ? 'default' : 'variable TPKS_UAA_URL',
      caCert: envCa === undefined ? 'creds.yml' : 'variable TPKS_CA_CERT',
      identity: 'creds.yml',
    },
  };
}

/** A `creds.yml`, and the identity that its session belongs to. */
export interface PksCredsLocation extends PksCredsOwner {
  readonly pksCredsPath: string;
}

/**
 * Uses `creds.yml` as the store of a session. If another program writes a different session to the file
 * in the meantime, its tokens are neither used nor replaced, because they belong to another user or
 * server. If a renewed token cannot be written back, it is used in memory until the command ends.
 * @param warn - reports that the file was not written.
 */
export function createPksCredsStore(
  { pksCredsPath: path, ...owner }: PksCredsLocation,
  warn: (text: string) => void,
): SessionStore {
  let unwrittenSession: StoredSession | undefined;
  const readOwn = (): PksCreds | undefined => {
    const creds = readPksCreds(path);
    return creds !== undefined && isSameIdentity(creds, owner) ? creds : undefined;
  };
  const write = async (session: StoredSession): Promise<void> => {
    unwrittenSession = session;
    const creds = readOwn();
    // The format cannot represent a rejected refresh token, and a deleted file means a logout.
    if (creds === undefined || session.refreshRejectedAt !== undefined) return;
    const { accessToken, refreshToken } = session;
    try {
      await writePksCreds(path, { ...creds, accessToken, refreshToken });
      unwrittenSession = undefined;
    } catch (error) {
      if (!isStoreError(error)) throw error;
      warn(`the renewed token was not stored: ${messageWithHint(error)}`);
    }
  };
  return {
    read: () => Promise.resolve().then(() => unwrittenSession ?? toSession(readOwn())),
    exists: () => Promise.resolve().then(() => readOwn()?.accessToken !== undefined),
    reserve: () => Promise.resolve({ write, release: () => Promise.resolve() }),
    remove: () => removeCopy(owner, path),
    removeEarlierLogins: () => Promise.resolve(true),
  };
}

function toSession(creds: PksCreds | undefined): StoredSession | undefined {
  if (creds?.accessToken === undefined) return undefined;
  const claims = readClaims(creds.accessToken);
  const issuedAt =
    typeof claims?.['iat'] === 'number' ? new Date(claims['iat'] * 1000) : new Date();
  return toStoredSession({
    ...toToken({
      accessToken: creds.accessToken.reveal(),
      refreshToken: creds.refreshToken?.reveal(),
      idToken: undefined,
      scope: undefined,
      // The API reports whether an opaque token has expired.
      expiresInSeconds: claims === undefined ? 3600 : undefined,
      date: undefined,
      now: issuedAt,
    }),
  });
}

/**
 * Runs work under a lock, or without one if the lock's folder is not writable, e.g. on a read-only
 * disk.
 */
export function withOptionalLock(
  withLock: <T>(work: () => Promise<T>) => Promise<T>,
): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    const state = { isStarted: false };
    const start = () => {
      state.isStarted = true;
      return work();
    };
    try {
      return await withLock(start);
    } catch (error) {
      if (state.isStarted || !isStoreError(error)) throw error;
      return work();
    }
  };
}
