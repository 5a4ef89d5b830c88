import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TpksError } from '../../base/errors.js';

/**
 * A variable that contains a secret. The same name with `_FILE` is the path of a file that contains it (`-` is stdin), and
 * with `_COMMAND` a command that prints it.
 */
export type SecretVariable =
  | 'TPKS_PASSWORD'
  | 'TPKS_CLIENT_SECRET'
  | 'TPKS_CLIENT_KEY'
  | 'TPKS_NEW_PASSWORD'
  | 'TPKS_NEW_SECRET'
  | 'TPKS_ID_TOKEN';

const secretSuffixes = ['', '_FILE', '_COMMAND'] as const;

/**
 * A variable of the original CLI that contains the password of `get-credentials`.
 * @see docs/contributing/servers/pks-cli.md#environment
 */
export type PksSecretVariable = 'PKS_USER_PASSWORD' | 'TKGI_USER_PASSWORD';

type Variable =
  | 'TPKS_API'
  | 'TPKS_UAA_URL'
  | 'TPKS_CA_CERT'
  | 'TPKS_CONTEXT'
  | 'TPKS_USERNAME'
  | 'TPKS_CLIENT_NAME'
  | 'TPKS_CI_LOGIN'
  | 'TPKS_AUDIENCE'
  | `${SecretVariable}${(typeof secretSuffixes)[number]}`
  | PksSecretVariable
  | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'
  | 'ACTIONS_ID_TOKEN_REQUEST_URL'
  | 'GITHUB_ACTIONS'
  | 'GITLAB_CI'
  | 'KUBERNETES_SERVICE_HOST'
  | 'KUBECONFIG'
  | 'KUBERNETES_EXEC_INFO'
  | 'TPKS_HOME'
  | 'TPKS_STORE'
  | 'TPKS_PKS_CREDS'
  | 'PKS_HOME'
  | 'UAAC_HOME'
  | 'TPKS_TRACE'
  | 'TPKS_COMPLETION'
  | 'ACCESSIBLE'
  | 'FORCE_COLOR'
  | 'NO_COLOR'
  | 'TERM'
  | 'PAGER'
  | 'LESS'
  | 'HTTPS_PROXY'
  | 'https_proxy'
  | 'NO_PROXY'
  | 'no_proxy'
  | 'SSL_CERT_FILE'
  | 'NODE_EXTRA_CA_CERTS'
  | 'HOME'
  | 'PATH'
  | 'FPATH'
  | 'XDG_CONFIG_HOME'
  | 'XDG_DATA_HOME'
  | 'BASH_COMPLETION_USER_DIR'
  | 'SHELL'
  | 'APPDATA'
  | 'DBUS_SESSION_BUS_ADDRESS'
  | 'XDG_RUNTIME_DIR'
  | 'BROWSER'
  | 'DISPLAY'
  | 'WAYLAND_DISPLAY'
  | 'WSL_DISTRO_NAME'
  | 'SystemRoot';

/** The variables that tpks reads, except empty ones, and all others, for programs that tpks starts and for files. */
export type Environment = Readonly<Partial<Record<Variable, string | undefined>>>;

/**
 * Reads the environment of a run. An empty variable is treated as unset, except `PAGER` (no pager). On
 * Windows, `PATH` is usually named `Path`, and only `process.env` ignores the case of names.
 */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const isSet = ([name, value]: [string, string | undefined]) => value || name === 'PAGER';
  const { PATH } = variables;
  return Object.fromEntries(Object.entries({ ...variables, PATH }).filter(isSet));
}

/** The variables that are set for a secret, in the order in which they are read. */
export function listSecretSources(env: Environment, name: SecretVariable) {
  return secretSuffixes
    .map((suffix) => `${name}${suffix}` as const)
    .filter((variable) => env[variable] !== undefined);
}

/** Whether a variable that enables a feature has a value other than 0 and false. */
export function isOn(variable: string | undefined): boolean {
  return ![undefined, '0', 'false'].includes(variable);
}

/** The proxy set in the environment. */
export interface ProxyVariables {
  /** The variable that contains the address. */
  readonly variable: 'HTTPS_PROXY' | 'https_proxy';
  /** A URL, optionally with credentials, or a host and a port. */
  readonly address: string;
  /** Hosts to connect to directly. */
  readonly noProxy: string;
}

/** @returns `undefined` if no proxy is set. */
export function findProxyVariables(env: Environment): ProxyVariables | undefined {
  const variable = env.HTTPS_PROXY === undefined ? 'https_proxy' : 'HTTPS_PROXY';
  const address = env[variable];
  return address === undefined
    ? undefined
    : { variable, address, noProxy: env.NO_PROXY ?? env.no_proxy ?? '' };
}

/** The environment for a program that tpks starts, without the credentials of tpks. */
export function withoutSecrets(env: Environment): NodeJS.ProcessEnv {
  const isSecret = (name: string) => /^(?:T?PKS|TKGI)_.*(?:PASSWORD|SECRET|TOKEN|KEY)/.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecret(name)));
}

/** The folders in which tpks stores its files. */
export interface Folders {
  /** Contains `config.json`. */
  readonly config: string;
  /** Encrypted sessions and locks. */
  readonly sessions: string;
  /** Key files of contexts that use `--store file`. */
  readonly keys: string;
  /** Names for completion. Can be deleted at any time. */
  readonly cache: string;
}

/** `TPKS_HOME` overrides the platform's config folder (XDG, `Library/Preferences`, `%APPDATA%`). */
export function locateFolders(env: Environment, platform: NodeJS.Platform): Folders {
  const root = env.TPKS_HOME ?? join(configFolder(env, platform), 'tpks');
  return {
    config: root,
    sessions: join(root, 'sessions'),
    keys: join(root, 'keys'),
    cache: join(root, 'cache'),
  };
}

/**
 * The file in which the original CLI stores its session.
 * @see docs/contributing/servers/pks-cli.md#session-file
 */
export function locatePksCreds(env: Environment, platform: NodeJS.Platform): string {
  return resolve(env.PKS_HOME ?? join(homeFolder(env, platform), '.pks'), 'creds.yml');
}

/** The file in which uaac stores its targets and contexts. @see docs/contributing/servers/uaac.md#configuration-file */
export function locateUaacFile(env: Environment, platform: NodeJS.Platform): string {
  return resolve(env.UAAC_HOME ?? homeFolder(env, platform), '.uaac.yml');
}

/** @throws {TpksError} `storage` if `HOME` is not set and the system does not know the user, as in some containers. */
export function homeFolder(env: Environment, platform: NodeJS.Platform): string {
  if (platform !== 'win32' && env.HOME) return env.HOME;
  try {
    const folder = homedir();
    // Node returns an empty HOME, which would mean the current folder.
    if (folder !== '') return folder;
  } catch (error) {
    throw unknownHomeError(error);
  }
  throw unknownHomeError();
}

export function unknownHomeError(cause?: unknown): TpksError {
  return new TpksError('storage', 'Cannot find the home folder of this user: HOME is not set', {
    hint: 'set it, for example: export HOME=/tmp/home',
    cause,
  });
}

function configFolder(env: Environment, platform: NodeJS.Platform): string {
  const inHome = (...names: readonly string[]) => join(homeFolder(env, platform), ...names);
  if (platform === 'win32') return env.APPDATA ?? inHome('AppData', 'Roaming');
  if (platform === 'darwin') return inHome('Library', 'Preferences');
  return env.XDG_CONFIG_HOME ?? inHome('.config');
}
