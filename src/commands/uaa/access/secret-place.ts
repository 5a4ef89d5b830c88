import { isAbsolute, join } from 'node:path';
import { errorMessage } from '../../../errors.js';
import { ownValue } from '../../../own-value.js';
import { Secret } from '../../../secret.js';
import { textOf } from '../../../input/input-file.js';

/** Where to read the secret of a new user or client. The access file itself never contains one. */
export type SecretPlace =
  | { readonly kind: 'env'; readonly name: string }
  /** @see toSecret - a relative path counts from the folder of the access file. */
  | { readonly kind: 'file'; readonly path: string }
  /** There is to be a secret, and it is to be empty, as that of `pks_cli`. */
  | { readonly kind: 'empty' };

/** @returns `undefined` for words that name no place. */
export function toSecretPlace(words: string): SecretPlace | undefined {
  if (words === 'empty') return { kind: 'empty' };
  const name = /^env:([A-Za-z_]\w*)$/.exec(words)?.[1];
  if (name !== undefined) return { kind: 'env', name };
  const path = /^file:(.+)$/.exec(words)?.[1];
  return path === undefined ? undefined : { kind: 'file', path };
}

/** As the file spells it. */
export function placeWords(place: SecretPlace): string {
  switch (place.kind) {
    case 'env':
      return `env:${place.name}`;
    case 'file':
      return `file:${place.path}`;
    case 'empty':
      return 'empty';
  }
}

/** A secret, or why it is missing. */
export type FoundSecret = { readonly secret: Secret } | { readonly missing: string };

/**
 * Fetches a secret. One line end at the end of a file is not part of it.
 * @param folder - that of the access file.
 */
export function toSecret(place: SecretPlace, folder: string, env: NodeJS.ProcessEnv): FoundSecret {
  if (place.kind === 'empty') return { secret: new Secret('') };
  if (place.kind === 'env') {
    // `env.toString` is a function that every object has, not a variable.
    const value = ownValue(env, place.name);
    if (value === undefined) return { missing: `${place.name} is not set` };
    return value === '' ? { missing: `${place.name} is empty` } : { secret: new Secret(value) };
  }
  const path = isAbsolute(place.path) ? place.path : join(folder, place.path);
  try {
    const text = textOf(path).replace(/\r?\n$/, '');
    return text === '' ? { missing: `${path} is empty` } : { secret: new Secret(text) };
  } catch (error) {
    return { missing: errorMessage(error) };
  }
}
