import { outputForms } from '../commands/global-options.js';
import { topics } from '../commands/help-topics.js';
import { helpLists } from '../commands/root-help.js';
import type { Root } from './links.js';

type Program = Pick<Root, 'contents'>;

/** Rewrites a command line to the form that Commander parses. Without words, the help is shown. */
export function toCommanderWords(argv: readonly string[], program: Program): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return moveOutputOptionLast(rewriteHelpCommand(normalizeGoFlags(argv), program));
}

/**
 * Rewrites `help login` to `login --help`. `help TOPIC` and `help LIST` are not changed, and
 * `help NOSUCH` becomes `NOSUCH`, which reports an unknown command. A link named `uaac` has no topics.
 * Also rewrites `uaa help user`, which users of uaac type.
 */
function rewriteHelpCommand([first, ...path]: readonly string[], { contents }: Program): string[] {
  if (first === 'uaa' && path[0] === 'help') {
    return [first, ...path.slice(1), '--help'];
  }
  if (first !== 'help') return first === undefined ? [] : [first, ...path];
  const [word = '', ...rest] = path;
  const isCommand = (candidate: string) =>
    contents.some(({ name, aliases = [] }) => [name, ...aliases].includes(candidate));
  const hasOnlyOptions = rest.every(
    (argument, index) => argument.startsWith('-') || isOutputFlag(rest[index - 1] ?? ''),
  );
  const isPage = [...topics, ...helpLists].some(({ name }) => name === word);
  if (isCommand('help') && isPage && hasOnlyOptions) return [first, ...path];
  return isCommand(word) || word === '' || word.startsWith('-') ? [...path, '--help'] : path;
}

/**
 * Moves `-o FORMAT` to the end. It is an option of each command, but users can write it before the
 * command like a global option. An unknown format is moved too, so that the command reports it.
 */
function moveOutputOptionLast(words: readonly string[]): string[] {
  const { options: typed, others } = splitAtDashes(words);
  const options = typed.flatMap(splitOutputOption);
  const start = options.findIndex(
    (word, index) => isOutputFlag(word) && options[index + 1]?.startsWith('-') === false,
  );
  const moved = start === -1 ? [] : options.splice(start, 2);
  return [...options, ...moved, ...others];
}

/** Separates the words before `--`, because no word after it is an option. */
function splitAtDashes(words: readonly string[]) {
  const end = words.indexOf('--');
  if (end === -1) return { options: words, others: [] };
  return { options: words.slice(0, end), others: words.slice(end) };
}

function isOutputFlag(word: string): boolean {
  return ['-o', '--output'].includes(word);
}

/** Splits `--output=FORMAT`, `-o=FORMAT` and `-oFORMAT` into two words. */
function splitOutputOption(word: string): string[] {
  const longForm = '--output=';
  if (word.startsWith(longForm)) return ['--output', word.slice(longForm.length)];
  const shortForm = outputForms.find((form) => [`-o${form}`, `-o=${form}`].includes(word));
  return shortForm === undefined ? [word] : ['-o', shortForm];
}

/** Boolean flags of the original CLI, except `-k`. @see docs/contributing/servers/pks-cli.md#flags */
const booleanFlags = [
  'json',
  'details',
  'wait',
  'non-interactive',
  'enforce-compute-profile-update',
  'sso',
  'sso-auto',
  'skip-ssl-validation',
  'skip-ssl-verification',
];
const booleanFlagWithValue = new RegExp(`^(--(?:${booleanFlags.join('|')})|-k)=(.+)$`);

/** Matches the original CLI's single-letter options that take a value, and `-o`. */
const shortOptionWithValue = /^(-[acelnopu])=(.*)$/s;

const trueValue = /^(?:1|t|T|true|TRUE|True)$/;
const falseValue = /^(?:0|f|F|false|FALSE|False)$/;

/**
 * Rewrites arguments that Go's flag parser accepts but commander does not: boolean flags with a value
 * (`--wait=true`, `--json=false`), and single-letter options with `=` before the value (`-n=3`).
 */
export function normalizeGoFlags(words: readonly string[]): string[] {
  const { options, others } = splitAtDashes(words);
  // These two commands take their options from uaac and curl, which parse `-d=1` as the value `=1`.
  const keepsEqualsSign = options.includes('uaa') || options.includes('curl');
  const normalized = options.flatMap((word) => {
    const [, flag = '', value = ''] = booleanFlagWithValue.exec(word) ?? [];
    if (trueValue.test(value)) return [flag];
    if (falseValue.test(value)) return [];
    const letter = keepsEqualsSign ? null : shortOptionWithValue.exec(word);
    return letter === null ? [word] : [letter[1] ?? '', letter[2] ?? ''];
  });
  return [...normalized, ...others];
}

/**
 * Finds the format that a command line requests with `--json`, `-o json` or `-o yaml`, in any form. For
 * output before the command line is parsed; afterwards, use the parsed options, which are exact.
 * @returns `undefined` if the command line requests neither.
 */
export function findRequestedFormat(argv: readonly string[]): 'json' | 'yaml' | undefined {
  const words = withoutArguments(argv).flatMap(splitOutputOption);
  const isRequested = (form: string): boolean =>
    words.some((word, index) => isOutputFlag(word) && words[index + 1] === form);
  if (words.includes('--json') || isRequested('json')) return 'json';
  return isRequested('yaml') ? 'yaml' : undefined;
}

/** Rewrites `-v` and `uaa -v` to `--version`. After other words, `-v` can only be a mistake. */
export function expandVersionFlag(argv: readonly string[]): readonly string[] {
  const position = argv[0] === 'uaa' ? 1 : 0;
  if (argv[position] !== '-v') return argv;
  return argv.map((word, index) => (index === position ? '--version' : word));
}

export function requestsVersion(argv: readonly string[]): boolean {
  return withoutArguments(argv).some((word) => ['--version', '-V'].includes(word));
}

/** The words up to `--`, in the form that commander accepts. */
function withoutArguments(argv: readonly string[]): readonly string[] {
  return normalizeGoFlags(splitAtDashes(argv).options);
}
