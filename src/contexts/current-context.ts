import type { Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';

/** Sets the current context, and remembers the context that it replaces as the previous one. */
export function withCurrentContext(settings: Settings, name: string): Settings {
  const { current, previous } = settings;
  const isReplaced = current !== undefined && current !== name;
  return { ...settings, current: name, previous: isReplaced ? current : previous };
}

/**
 * Finds the previous context, for `tpks context use -`.
 * @throws {TpksError} `notFound` if no previous context is set, e.g. because it was deleted.
 */
export function findPreviousContext({ current, previous }: Settings): string {
  if (previous !== undefined && previous !== current) return previous;
  throw new TpksError('notFound', 'No previous context', {
    hint: 'choose a context: tpks contexts, then tpks context use NAME',
  });
}

/**
 * Makes a context current for the PKS commands or for the uaa commands.
 * @param pointer - the setting to change; `undefined` changes nothing.
 */
export function withPointer(
  settings: Settings,
  pointer: 'current' | 'currentUaa' | undefined,
  { name, uaa }: { readonly name: string; readonly uaa: string },
): Settings {
  if (pointer === 'current') return withCurrentContext(settings, name);
  return pointer === undefined ? settings : { ...settings, currentUaa: name, uaaTarget: uaa };
}
