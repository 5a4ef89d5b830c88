import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import {
  listSecretSources,
  type Environment,
  type SecretVariable,
} from '../../platform/config/environment.js';
import { readTextAsync, userFileOptions } from '../../platform/disk/bounded-read.js';
import { describeDiskError } from '../../platform/disk/disk-error.js';
import { parseClientKey, type ClientKey } from './client-key.js';
import { runSecretCommand } from './secret-command.js';

/** Reads all of stdin. `name` is the option or variable that contains the file name `-`. */
export type ReadStdin = (name: string) => Promise<string>;

export type Credentials =
  | { readonly kind: 'user'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'client'; readonly clientId: string; readonly secret: Secret }
  | { readonly kind: 'client-key'; readonly clientId: string; readonly clientKey: ClientKey };

/**
 * Reads the user or the client in the environment; `undefined` if the credentials are incomplete.
 * @throws {TpksError} as {@link readEnvironmentSecret}; `usage` if both a user and a client are set, or if the password
 *   is empty.
 */
export async function readEnvironmentCredentials(
  env: Environment,
  readStdin: ReadStdin,
): Promise<Credentials | undefined> {
  const username = env.TPKS_USERNAME;
  const clientId = env.TPKS_CLIENT_NAME;
  if (username && clientId) {
    throw new TpksError('usage', 'TPKS_USERNAME and TPKS_CLIENT_NAME are both set', {
      hint: 'unset one of them: a command runs either as a user or as a client',
    });
  }
  if (username) {
    const password = await readEnvironmentSecret(env, 'TPKS_PASSWORD', readStdin);
    if (password?.isEmpty === true) {
      throw new TpksError(
        'usage',
        'The password in TPKS_PASSWORD_FILE is empty: nothing was sent',
        {
          hint: 'check the file; five failed logins lock the account',
        },
      );
    }
    return password && { kind: 'user', username, password };
  }
  if (clientId) {
    const clientKey = await readEnvironmentKey(env, readStdin);
    if (clientKey !== undefined) return { kind: 'client-key', clientId, clientKey };
    const secret = await readEnvironmentSecret(env, 'TPKS_CLIENT_SECRET', readStdin);
    return secret && { kind: 'client', clientId, secret };
  }
  return undefined;
}

/**
 * Reads a variable or the file that `NAME_FILE` names, or runs the command in `NAME_COMMAND`; `undefined` if none is set.
 * @throws {TpksError} `usage` if the file cannot be read, or if a command and another variable are set; as
 *   {@link runSecretCommand}.
 */
export async function readEnvironmentSecret(
  env: Environment,
  name: SecretVariable,
  readStdin: ReadStdin,
): Promise<Secret | undefined> {
  const command = env[`${name}_COMMAND`];
  const sources = listSecretSources(env, name);
  if (command !== undefined && sources.length > 1) {
    throw new TpksError('usage', `${sources.join(' and ')} cannot be used together`, {
      hint: 'unset all but one of them',
    });
  }
  if (command !== undefined) return runSecretCommand(command, { source: `${name}_COMMAND`, env });
  const value = env[name];
  if (value !== undefined) return new Secret(value);
  const file = env[`${name}_FILE`];
  return file ? readSecretFile(file, `${name}_FILE`, readStdin) : undefined;
}

/**
 * Reads the key of a client from `TPKS_CLIENT_KEY`, its `_FILE` or its `_COMMAND`; `undefined` if none is set.
 * @throws {TpksError} `usage` if a secret is set too; as {@link readEnvironmentSecret} and {@link parseClientKey}.
 */
export async function readEnvironmentKey(
  env: Environment,
  readStdin: ReadStdin,
): Promise<ClientKey | undefined> {
  const [source, ...others] = listSecretSources(env, 'TPKS_CLIENT_KEY');
  if (source === undefined) return undefined;
  const [secretSource] = listSecretSources(env, 'TPKS_CLIENT_SECRET');
  if (secretSource !== undefined) {
    throw new TpksError('usage', `${source} and ${secretSource} cannot be used together`, {
      hint: 'unset one of them: a client logs in either with a key or with a secret',
    });
  }
  const file = env.TPKS_CLIENT_KEY_FILE;
  if (file !== undefined && others.length === 0 && source.endsWith('_FILE')) {
    return readKeyFile(file, source, readStdin);
  }
  const text = await readEnvironmentSecret(env, 'TPKS_CLIENT_KEY', readStdin);
  return text && parseClientKey(text, source);
}

/** Reads a private key from a file (`-` for stdin). @param source - as for `readSecretFile`. */
export async function readKeyFile(
  path: string,
  source: string,
  readStdin: ReadStdin,
): Promise<ClientKey> {
  const text = await readSecretFile(path, source, readStdin);
  return path === '-' ? parseClientKey(text, source) : parseClientKey(text, path, path);
}

/**
 * Reads a secret from a file (`-` for stdin), without one trailing line break.
 * @param source - the option or variable that contains the path, for the error message.
 * @throws {TpksError} `usage` if the file cannot be read.
 */
export async function readSecretFile(
  path: string,
  source: string,
  readStdin: ReadStdin,
): Promise<Secret> {
  if (path === '-') return new Secret(trimLineEnd(await readStdin(source)));
  try {
    return new Secret(trimLineEnd(await readTextAsync(path, userFileOptions)));
  } catch (error) {
    throw new TpksError(
      'usage',
      `Cannot read ${path} from ${source}: ${describeDiskError(error)}`,
      { hint: `check the path in ${source}, or set it to - to read from stdin`, cause: error },
    );
  }
}

function trimLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
