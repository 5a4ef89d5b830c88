import { splitOutputOption } from './commander-words.js';
import { normalizeGoFlags } from './go-flags.js';

/**
 * Finds the format that a command line requests with `--json`, `-o json` or `-o yaml`, in any form. For
 * output before the command line is parsed; afterwards, use the parsed options, which are exact.
 *
 * @returns `undefined` if the command line requests neither.
 */
export function findRequestedFormat(argv: readonly string[]): 'json' | 'yaml' | undefined {
  const words = withoutArguments(argv).flatMap(splitOutputOption);
  const isRequested = (form: string): boolean =>
    words.some((word, index) => ['-o', '--output'].includes(word) && words[index + 1] === form);
  if (words.includes('--json') || isRequested('json')) return 'json';
  return isRequested('yaml') ? 'yaml' : undefined;
}

/** Whether a command line contains `--version` or `-V`. */
export function requestsVersion(argv: readonly string[]): boolean {
  return withoutArguments(argv).some((word) => ['--version', '-V'].includes(word));
}

/** The words up to `--`, in the form that commander accepts. */
function withoutArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return normalizeGoFlags(end === -1 ? argv : argv.slice(0, end));
}
