import { normalizeGoFlags } from './go-flags.js';

/**
 * Whether a command line contains `--json` or `-o json` in any form. For errors that occur before the
 * command line is parsed; after that, the parsed options are exact.
 */
export function requestsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const words = normalizeGoFlags(end === -1 ? argv : argv.slice(0, end));
  return words.some(
    (word, index) =>
      word === '--json' ||
      /^(?:-o=?|--output=)json$/.test(word) ||
      (['-o', '--output'].includes(word) && words[index + 1] === 'json'),
  );
}
