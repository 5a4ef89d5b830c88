import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';

/** Makes a context the current one, and the one that it replaces the previous one. */
export function withCurrentContext(settings: Settings, name: string): Settings {
  const { current, previous } = settings;
  const isReplaced = current !== undefined && current !== name;
  return { ...settings, current: name, previous: isReplaced ? current : previous };
}

/**
 * Finds the context that was current before, for `tpks context use -`.
 * @throws {TpksError} `notFound` if there is none, e.g. because it was deleted.
 */
export function findPreviousContext({ current, previous }: Settings): string {
  if (previous !== undefined && previous !== current) return previous;
  throw new TpksError('notFound', 'There is no previous context', {
    hint: 'choose a context: tpks contexts, then tpks context use NAME',
  });
}

/**
 * Makes a context the current one of the PKS commands or of the uaa commands.
 * @param pointer - the setting that refers to it; `undefined` changes nothing.
 */
export function withPointer(
  settings: Settings,
  pointer: 'current' | 'currentUaa' | undefined,
  { name, uaa }: { readonly name: string; readonly uaa: string },
): Settings {
  if (pointer === 'current') return withCurrentContext(settings, name);
  return pointer === undefined ? settings : { ...settings, currentUaa: name, uaaTarget: uaa };
}
