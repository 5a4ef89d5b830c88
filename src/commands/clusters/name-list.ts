import { TpksError } from '../../errors.js';

/**
 * Parses cluster names separated by commas.
 *
 * @throws {TpksError} `usage` if a name is empty or repeated.
 */
export function toNames(flag: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) {
    throw new TpksError('usage', `${flag} has an empty name in it`, {
      hint: `give names with commas between, as in ${flag} dev-1,dev-2; nothing was sent`,
    });
  }
  const seen = new Set<string>();
  const repeated = names.find((name) => seen.has(name) || !seen.add(name));
  if (repeated === undefined) return names;
  throw new TpksError('usage', `${flag} names ${repeated} twice`, { hint: 'nothing was sent' });
}
