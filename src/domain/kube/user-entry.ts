import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { isObject, type JsonObject } from '../../base/json-value.js';
import { defaultPorts } from '../../base/pks-conventions.js';
import type { Secret } from '../../base/secret.js';
import { findExecutable, type SearchPath } from '../../platform/disk/find-executable.js';
import { readClaims, readTextClaim } from '../auth/claims.js';
import { clusterClientId } from './cluster-token.js';
import { findSessionName } from './kubeconfig/entries.js';

/** How a user entry of a kubeconfig provides tokens. */
export type KubeconfigFormat = 'exec' | 'oidc' | 'token';

/**
 * `NAME@HOST`, with the port of the API unless it is the default. `USER@HOST` is the default name of a
 * user entry, and of a Kubernetes session without a context.
 */
export function formatNameAtHost(name: string, api: string): string {
  const { host, hostname, port } = new URL(api);
  return `${name}@${port === defaultPorts.api ? hostname : host}`;
}

/**
 * @param command - the program that kubectl starts.
 * @param home - the absolute value of `TPKS_HOME`, if it was set.
 * @see docs/contributing/servers/kubernetes.md#credential-plugins
 */
export function createExecUser(
  command: string,
  sessionName: string,
  home: string | undefined,
): JsonObject {
  return {
    exec: {
      // Clients older than kubectl 1.22 support no other version, and newer ones still accept it.
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command,
      args: ['kube-credential', '--context', sessionName],
      env: home === undefined ? null : [{ name: 'TPKS_HOME', value: home }],
      interactiveMode: 'IfAvailable',
      provideClusterInfo: false,
      installHint: 'tpks is not installed; see its README',
    },
  };
}

export interface OidcEntry {
  readonly idToken: Secret;
  readonly refreshToken: Secret | undefined;
  readonly issuer: string;
  /** PEM of the UAA's CA; `undefined` for a CA in the system store. */
  readonly caCert: string | undefined;
}

/**
 * The user entry of the original CLI. kubectl renews its token itself.
 * @see docs/contributing/servers/kubernetes.md#kubeconfig-entries
 */
export function createOidcUser({ idToken, refreshToken, issuer, caCert }: OidcEntry): JsonObject {
  return {
    'auth-provider': {
      // The order of client-go.
      config: {
        'client-id': clusterClientId,
        'client-secret': '',
        cluster_client_secret: '',
        'id-token': idToken.reveal(),
        ...(caCert === undefined
          ? {}
          : { 'idp-certificate-authority-data': Buffer.from(caCert).toString('base64') }),
        'idp-issuer-url': issuer,
        ...(refreshToken === undefined ? {} : { 'refresh-token': refreshToken.reveal() }),
      },
      name: 'oidc',
    },
  };
}

export function createTokenUser(token: Secret): JsonObject {
  return { token: token.reveal() };
}

/** Reads where the tokens of an existing user entry come from: the issuer, or the Kubernetes session of the plugin. */
export function readEntryOrigin(user: JsonObject): {
  readonly issuer?: string | undefined;
  readonly sessionName?: string | undefined;
} {
  const { token, 'auth-provider': provider } = user;
  if (typeof token === 'string') return { issuer: readTextClaim(readClaims(token), 'iss') };
  const config = isObject(provider) ? provider['config'] : undefined;
  if (isObject(config)) return { issuer: readTextClaim(config, 'idp-issuer-url') };
  return { sessionName: findSessionName(user) };
}

/** Whether two issuers are the same, apart from the case of the host, the default port and a final slash. */
export function isSameIssuer(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && normalize(one) === normalize(other);
}

function normalize(issuer: string): string {
  return (URL.canParse(issuer) ? new URL(issuer).href : issuer).replace(/\/+$/, '');
}

/** The program that is running, and where kubectl looks for programs. */
export interface OwnProgram extends SearchPath {
  /** Path of the script, or of the standalone binary. It may be a symbolic link. */
  readonly path: string;
}

/** @returns `tpks` if that is this program in `PATH`, otherwise an absolute path. */
export function findPluginCommand({ env, platform, path }: OwnProgram): string {
  // Windows cannot start a script, but npm installs a `tpks.cmd` that does.
  if (platform === 'win32' && path.endsWith('.js')) return 'tpks';
  const own = toRealPath(path);
  // kubectl also ignores relative folders of `PATH`.
  const installed = findExecutable('tpks', { env, platform });
  if (installed !== undefined && toRealPath(installed) === own) return 'tpks';
  // A link named tpks stays valid if another version is installed. A link named pks does not run tpks.
  return basename(path) === 'tpks' ? resolve(path) : own;
}

function toRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
