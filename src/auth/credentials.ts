import type { Environment, SecretVariable } from '../config/environment.js';
import { readTextAsync, userFile } from '../disk/bounded-read.js';
import { diskErrorReason } from '../disk/disk-error.js';
import { TpksError } from '../errors.js';
import { Secret } from '../secret.js';

/** Reads all of stdin; asked for by `-`. */
export type ReadStdin = () => Promise<string>;

/** A person, or a UAA client. */
export type Credentials =
  | { readonly kind: 'user'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'client'; readonly clientId: string; readonly secret: Secret };

/**
 * The credentials in the environment: `TPKS_USERNAME` with `TPKS_PASSWORD` or `TPKS_PASSWORD_FILE`,
 * or `TPKS_CLIENT_NAME` with `TPKS_CLIENT_SECRET` or `TPKS_CLIENT_SECRET_FILE`.
 * @returns `undefined` where they are not complete.
 * @throws {TpksError} `usage` when both a user and a client are there, or a file cannot be read.
 */
export async function environmentCredentials(
  env: Environment,
  readStdin: ReadStdin,
): Promise<Credentials | undefined> {
  const username = env.TPKS_USERNAME;
  const clientId = env.TPKS_CLIENT_NAME;
  if (username && clientId) {
    throw new TpksError('usage', 'TPKS_USERNAME and TPKS_CLIENT_NAME are both set', {
      hint: 'unset one of them: a run is either a user or a client',
    });
  }
  if (username) {
    const password = await environmentSecret(env, 'TPKS_PASSWORD', readStdin);
    return password && { kind: 'user', username, password };
  }
  if (clientId) {
    const secret = await environmentSecret(env, 'TPKS_CLIENT_SECRET', readStdin);
    return secret && { kind: 'client', clientId, secret };
  }
  return undefined;
}

/**
 * @param name - e.g. `TPKS_PASSWORD`; `NAME_FILE` names a file instead (`-` = stdin).
 * @returns `undefined` if neither is set.
 */
export async function environmentSecret(
  env: Environment,
  name: SecretVariable,
  readStdin: ReadStdin,
): Promise<Secret | undefined> {
  const value = env[name];
  if (value !== undefined) return new Secret(value);
  const file = env[`${name}_FILE`];
  return file ? secretFromFile(file, `${name}_FILE`, readStdin) : undefined;
}

/**
 * @param path - `-` reads stdin. One line end at the end is not part of the secret.
 * @param source - the flag or variable that named the file, for the error.
 * @throws {TpksError} `usage`
 */
export async function secretFromFile(
  path: string,
  source: string,
  readStdin: ReadStdin,
): Promise<Secret> {
  if (path === '-') return new Secret(withoutLineEnd(await readStdin()));
  try {
    return new Secret(withoutLineEnd(await readTextAsync(path, userFile)));
  } catch (error) {
    throw new TpksError(
      'usage',
      `Cannot read the file that ${source} names, ${path}: ${diskErrorReason(error)}`,
      {
        hint: `check the path, or use ${source} with - for stdin`,
        cause: error,
      },
    );
  }
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
