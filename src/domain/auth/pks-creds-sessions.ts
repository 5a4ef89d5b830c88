import { isStoreError, messageWithHint } from '../../base/errors.js';
import type { Environment } from '../../platform/config/environment.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import type { EnvironmentIdentity } from '../contexts/context.js';
import { parseInstallation } from '../contexts/installation.js';
import { readClaims, readTextClaim, readTimeClaim } from './claims.js';
import {
  isSameIdentity,
  readPksCreds,
  removePksCreds,
  writePksCreds,
  type PksCreds,
  type PksCredsOwner,
} from './pks-creds-file.js';
import {
  replaceSession,
  runWithOptionalLock,
  type Renewal,
  type SessionRepository,
  type StoredSession,
  type WithLockFile,
} from './session-repository.js';
import { toStoredSession } from './session.js';
import { toToken } from './token.js';

/**
 * Reads the identity in `creds.yml`, for a link named `pks` or `tkgi`. The file contains neither ports nor the UAA.
 * @returns `undefined` without a file or token, or if `TPKS_API` is another API.
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

export interface PksCredsSessionsDeps {
  readonly withLockFile: WithLockFile;
  /** Reports that a renewed token was not stored. */
  readonly warn: (text: string) => void;
}

/**
 * Uses `creds.yml` to store a session. Tokens that another program wrote in the meantime are neither used
 * nor replaced. A renewed token that cannot be written back is used in memory until the command ends.
 */
export class PksCredsSessions implements Pick<
  SessionRepository<PksCredsLocation>,
  'load' | 'save' | 'delete'
> {
  readonly #deps: PksCredsSessionsDeps;
  /** By path. */
  readonly #unwritten = new Map<string, StoredSession>();

  constructor(deps: PksCredsSessionsDeps) {
    this.#deps = deps;
  }

  load(location: PksCredsLocation): Promise<StoredSession | undefined> {
    const unwritten = this.#unwritten.get(location.pksCredsPath);
    return Promise.resolve().then(() => unwritten ?? toSession(readOwn(location)));
  }

  async save(location: PksCredsLocation, session: StoredSession | Renewal): Promise<StoredSession> {
    return runWithOptionalLock(
      (work) => this.#deps.withLockFile(`${location.pksCredsPath}.lock`, work),
      () =>
        replaceSession(session, {
          load: () => this.load(location),
          write: (newSession) => this.#write(location, newSession),
        }),
    );
  }

  async delete(location: PksCredsLocation): Promise<boolean> {
    return removePksCreds(location, location.pksCredsPath);
  }

  async #write(location: PksCredsLocation, session: StoredSession): Promise<void> {
    const { pksCredsPath: path } = location;
    this.#unwritten.set(path, session);
    const creds = readOwn(location);
    // The format cannot represent a rejected refresh token, and a deleted file means a logout.
    if (creds === undefined || session.refreshRejectedAt !== undefined) return;
    const { accessToken, refreshToken } = session;
    try {
      await writePksCreds(path, { ...creds, accessToken, refreshToken });
      this.#unwritten.delete(path);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#deps.warn(`the renewed token was not stored: ${messageWithHint(error)}`);
    }
  }
}

/** @returns `undefined` if the file does not exist, or contains the session of another identity. */
function readOwn(location: PksCredsLocation): PksCreds | undefined {
  const creds = readPksCreds(location.pksCredsPath);
  return creds !== undefined && isSameIdentity(creds, location) ? creds : undefined;
}

function toSession(creds: PksCreds | undefined): StoredSession | undefined {
  if (creds?.accessToken === undefined) return undefined;
  const claims = readClaims(creds.accessToken);
  const token = toToken({
    accessToken: creds.accessToken.reveal(),
    refreshToken: creds.refreshToken?.reveal(),
    // The API reports whether an opaque token has expired.
    expiresInSeconds: claims === undefined ? 3600 : undefined,
    now: readTimeClaim(claims, 'iat') ?? new Date(),
  });
  return toStoredSession(token);
}
