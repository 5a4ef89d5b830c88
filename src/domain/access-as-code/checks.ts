import { dirname, isAbsolute, join } from 'node:path';
import { checkNewClientId } from '../../api/uaa/clients.js';
import { isSameName } from '../../api/uaa/filters.js';
import { checkNamesToMap, checkNamesToUnmap } from '../../api/uaa/mappings.js';
import { errorMessage, isTpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import type { ValuePath } from '../../platform/input/parsed-text.js';
import type { Report } from '../../platform/input/problems.js';
import { readReferencedFile } from '../../platform/input/user-file.js';
import type { Change } from './difference.js';
import type { AccessFile, FileClient, FileUser } from './file.js';
import {
  type AccessClient,
  type AccessUser,
  externalGroupKey,
  type SecretSource,
  userKey,
} from './model.js';

/** The users and clients of a file that do not exist in the UAA. */
export interface NewEntries {
  readonly users: readonly FileUser[];
  readonly clients: readonly FileClient[];
}

export function findNewEntries(changes: readonly Change[], file: AccessFile): NewEntries {
  const users = new Set<string>();
  const clients = new Set<string>();
  for (const change of changes) {
    if (change.action !== 'add') continue;
    if (change.kind === 'user') users.add(userKey(change.user));
    if (change.kind === 'client') clients.add(change.client.id);
  }
  return {
    users: file.users.filter((user) => users.has(userKey(user))),
    clients: file.clients.filter(({ id }) => clients.has(id)),
  };
}

/** Reports missing and forbidden attributes of new users and clients. Existing ones need no attributes. */
export function checkNewEntries({ users, clients }: NewEntries, report: Report): void {
  for (const user of users) {
    for (const text of findUserProblems(user)) {
      report(user.valuePath, `user ${user.user} does not exist yet: ${text}`);
    }
  }
  for (const client of clients) {
    for (const text of findClientProblems(client)) {
      report(client.valuePath, `client ${client.id} does not exist yet: ${text}`);
    }
  }
}

function findUserProblems({ origin, emails, passwordFrom }: AccessUser): string[] {
  const isInternal = origin.toLowerCase() === 'uaa';
  return [
    ...(emails === undefined ? ['emails is missing'] : []),
    ...(isInternal && passwordFrom === undefined ? ['password_from is missing'] : []),
    ...(!isInternal && passwordFrom !== undefined
      ? [`the UAA does not store passwords for the origin ${origin}; remove password_from`]
      : []),
  ];
}

function findClientProblems({ attributes, secretFrom }: AccessClient): string[] {
  const { authorized_grant_types: types, redirect_uri: redirects, allowpublic } = attributes;
  if (typeof types !== 'object') return ['authorized_grant_types is missing'];
  const firstOf = (...wanted: readonly string[]): string | undefined =>
    wanted.find((type) => types.includes(type));
  const redirectGrant = firstOf('authorization_code', 'implicit');
  const secretGrant = firstOf('client_credentials', 'authorization_code');
  const hasSecret = secretFrom !== undefined && secretFrom.kind !== 'empty';
  return [
    ...(redirectGrant !== undefined && redirects === undefined
      ? [`the grant ${redirectGrant} requires redirect_uri`]
      : []),
    ...(secretGrant !== undefined && !hasSecret && allowpublic !== true
      ? [`the grant ${secretGrant} requires secret_from, which must not be empty`]
      : []),
    ...(firstOf('implicit') !== undefined && hasSecret
      ? ['clients that use the implicit grant have no secret; remove secret_from']
      : []),
  ];
}

/** Reports names that the UAA would reject, or would store but could not find later. */
export function checkNames(changes: readonly Change[], file: AccessFile, report: Report): void {
  for (const change of changes) {
    if (change.kind === 'client' && change.action === 'add') {
      const { id } = change.client;
      reportUsageError(
        () => ['clients', id],
        report,
        () => checkNewClientId(id),
      );
    }
    if (change.kind === 'external') {
      const { origin, name: externalGroup } = change.external;
      const names = { origin, externalGroup };
      reportUsageError(
        () => locateMapping(change, file),
        report,
        () =>
          change.action === 'add'
            ? checkNamesToMap({ ...names, allowPermanent: false })
            : checkNamesToUnmap(names),
      );
    }
  }
}

function reportUsageError(locate: () => ValuePath, report: Report, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    report(locate(), error.message);
  }
}

/** Finds the position of a mapping, or of the list for a removed mapping. */
function locateMapping(
  { group, external }: Extract<Change, { kind: 'external' }>,
  { groups }: AccessFile,
): ValuePath {
  const found = groups.find(({ name }) => isSameName(name, group));
  const keys = (found?.external ?? []).map(externalGroupKey);
  const index = keys.indexOf(externalGroupKey(external));
  return [...(found?.valuePath ?? []), 'external', ...(index === -1 ? [] : [index])];
}

/** Passwords of new users and secrets of new clients. */
export interface Secrets {
  /** By {@link userKey}. */
  readonly users: ReadonlyMap<string, Secret>;
  /** By id. */
  readonly clients: ReadonlyMap<string, Secret>;
}

interface SecretsDeps {
  /** Path of the access file. Relative paths are relative to its folder. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
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

/** Reads one secret, without one line break at the end. @returns the secret, or why it cannot be read. */
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
