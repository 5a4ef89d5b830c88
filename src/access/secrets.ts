import { dirname, isAbsolute, join } from 'node:path';
import { errorMessage } from '../errors.js';
import { readReferencedFile } from '../input/input-file.js';
import type { ValuePath, Report } from '../input/problems.js';
import { getOwnValue } from '../own-value.js';
import { Secret } from '../secret.js';
import type { NewEntries } from './checks.js';
import { userKey, type SecretSource } from './model.js';

/** @returns `undefined` if the text is not a source. */
export function parseSecretSource(text: string): SecretSource | undefined {
  if (text === 'empty') return { kind: 'empty' };
  const name = /^env:([A-Za-z_]\w*)$/.exec(text)?.[1];
  if (name !== undefined) return { kind: 'env', name };
  const path = /^file:(.+)$/.exec(text)?.[1];
  return path === undefined ? undefined : { kind: 'file', path };
}

/** Passwords of new users and secrets of new clients. */
export interface Secrets {
  /** By {@link userKey}. */
  readonly users: ReadonlyMap<string, Secret>;
  /** By id. */
  readonly clients: ReadonlyMap<string, Secret>;
}

export interface SecretsDeps {
  /** Path of the access file. Relative paths are relative to its folder. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called for each secret that cannot be read. */
  readonly report: Report;
}

/** Reads the secrets of new users and clients. Existing ones keep their secrets. */
export function readSecrets({ users, clients }: NewEntries, deps: SecretsDeps): Secrets {
  const found = { users: new Map<string, Secret>(), clients: new Map<string, Secret>() };
  const read = (source: SecretSource, valuePath: ValuePath): Secret | undefined => {
    const result = readSecret(source, dirname(deps.path), deps.env);
    if ('secret' in result) return result.secret;
    deps.report(valuePath, result.missing);
    return undefined;
  };
  for (const user of users) {
    const { passwordFrom, valuePath } = user;
    const secret = passwordFrom && read(passwordFrom, [...valuePath, 'password_from']);
    if (secret) found.users.set(userKey(user), secret);
  }
  for (const { id, secretFrom, valuePath } of clients) {
    const secret = secretFrom && read(secretFrom, [...valuePath, 'secret_from']);
    if (secret) found.clients.set(id, secret);
  }
  return found;
}

/**
 * Reads one secret. Removes one line break at the end of a file.
 * @param folder - the folder of the access file.
 * @returns the secret, or the reason why it cannot be read.
 */
export function readSecret(
  source: SecretSource,
  folder: string,
  env: NodeJS.ProcessEnv,
): { readonly secret: Secret } | { readonly missing: string } {
  if (source.kind === 'empty') return { secret: new Secret('') };
  if (source.kind === 'env') {
    // A name such as `toString` must not find a property that every object inherits.
    const value = getOwnValue(env, source.name);
    if (value === undefined) return { missing: `${source.name} is not set` };
    return value === '' ? { missing: `${source.name} is empty` } : { secret: new Secret(value) };
  }
  const path = isAbsolute(source.path) ? source.path : join(folder, source.path);
  try {
    const text = readReferencedFile(path).replace(/\r?\n$/, '');
    return text === '' ? { missing: `${path} is empty` } : { secret: new Secret(text) };
  } catch (error) {
    return { missing: errorMessage(error) };
  }
}
