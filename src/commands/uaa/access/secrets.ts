import { dirname } from 'node:path';
import type { Secret } from '../../../secret.js';
import type { Place } from '../../../input/input-file.js';
import { userKey } from './access.js';
import type { Creations } from './creations.js';
import type { Note } from './resolve.js';
import { toSecret, type SecretPlace } from './secret-place.js';

/** Secrets for what is to be made. */
export interface Secrets {
  /** By {@link userKey}. */
  readonly users: ReadonlyMap<string, Secret>;
  /** By id. */
  readonly clients: ReadonlyMap<string, Secret>;
}

export interface SecretsDeps {
  /** Path of the access file, from whose folder relative paths count. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told of each secret that is not to be had. */
  readonly note: Note;
}

/** Fetches the secrets that are needed, and no others. */
export function findSecrets({ users, clients }: Creations, deps: SecretsDeps): Secrets {
  return {
    users: found(
      users,
      { key: userKey, from: ({ passwordFrom }) => passwordFrom, word: 'password_from' },
      deps,
    ),
    clients: found(
      clients,
      { key: ({ id }) => id, from: ({ secretFrom }) => secretFrom, word: 'secret_from' },
      deps,
    ),
  };
}

interface Lookup<Entry> {
  readonly key: (entry: Entry) => string;
  readonly from: (entry: Entry) => SecretPlace | undefined;
  /** As the file calls it. */
  readonly word: string;
}

function found<Entry extends { readonly place: Place }>(
  entries: readonly Entry[],
  { key, from, word }: Lookup<Entry>,
  { path, env, note }: SecretsDeps,
): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  for (const entry of entries) {
    const place = from(entry);
    if (place === undefined) continue;
    const result = toSecret(place, dirname(path), env);
    if ('secret' in result) secrets.set(key(entry), result.secret);
    else note([...entry.place, word], result.missing);
  }
  return secrets;
}
