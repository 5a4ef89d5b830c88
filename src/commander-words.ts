import type { Entry } from './commands/contents.js';
import { isTopic } from './commands/shell/topics.js';
import { normalizeGoFlags } from './go-flags.js';
import { outputForms } from './program.js';

/** Rewrites a command line to the form that Commander parses. Without words, the help is shown. */
export function toCommanderWords(
  argv: readonly string[],
  contents: readonly Entry[],
): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return moveOutputOptionLast(rewriteHelpCommand(normalizeGoFlags(argv), contents));
}

/**
 * Rewrites `help login` to `login --help`. `help TOPIC` is not changed, and `help NOSUCH` becomes
 * `NOSUCH`, which reports an unknown command. A link named `uaac` has no topics.
 */
function rewriteHelpCommand(
  [first, ...path]: readonly string[],
  contents: readonly Entry[],
): string[] {
  if (first !== 'help') return first === undefined ? [] : [first, ...path];
  const [word = '', ...rest] = path;
  const isCommand = (candidate: string) =>
    contents.some(({ name, aliases = [] }) => [name, ...aliases].includes(candidate));
  const hasOnlyOptions = rest.every((argument) => argument.startsWith('-'));
  if (isCommand('help') && isTopic(word) && hasOnlyOptions) return [first, ...path];
  return isCommand(word) || word === '' || word.startsWith('-') ? [...path, '--help'] : path;
}

/**
 * Moves `-o FORMAT` to the end. It is an option of each command, but users can write it before the
 * command like a global option. An unknown format is moved too, so that the command reports it.
 */
function moveOutputOptionLast(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = (end === -1 ? words : words.slice(0, end)).flatMap(splitOutputOption);
  const start = options.findIndex(
    (word, index) =>
      ['-o', '--output'].includes(word) && options[index + 1]?.startsWith('-') === false,
  );
  const moved = start === -1 ? [] : options.splice(start, 2);
  return [...options, ...moved, ...(end === -1 ? [] : words.slice(end))];
}

/** Splits `--output=FORMAT`, `-o=FORMAT` and `-oFORMAT` into two words. */
export function splitOutputOption(word: string): string[] {
  const longForm = '--output=';
  if (word.startsWith(longForm)) return ['--output', word.slice(longForm.length)];
  const shortForm = outputForms.find((form) => [`-o${form}`, `-o=${form}`].includes(word));
  return shortForm === undefined ? [word] : ['-o', shortForm];
}
