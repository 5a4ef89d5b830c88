import type { GlobalOptions } from '../app/runtime.js';
import { parseSeconds } from '../commands/numbers.js';
import type { Environment } from '../platform/config/environment.js';
import { countArguments, findCommand, type UaacCommand } from './commands.js';
import { formatHelp } from './help.js';
import {
  allOptions,
  extraOptions,
  globalOptions,
  UaacOptions,
  type UaacOption,
} from './options.js';
import { isUaacError, programError, uaacError, type UaacError } from './uaac-error.js';

/**
 * Splits a command line into words and options by the rules of Ruby's OptionParser, which `uaac` uses:
 * options can be anywhere, and a long option may be abbreviated to any unique prefix.
 * @throws {UaacError} with the wording of OptionParser.
 */
export function parseOptions(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly options: UaacOptions;
} {
  const rest = [...argv];
  const words: string[] = [];
  const options = new UaacOptions();
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') words.push(...rest.splice(0));
    else if (word.startsWith('--')) parseLong(word, rest, options);
    else if (/^-./s.test(word)) parseShort(word, rest, options);
    else words.push(word);
  }
  return { words, options };
}

function parseLong(word: string, rest: string[], options: UaacOptions): void {
  const [, typed = '', , value] = /^--([^=]*)(=(.*))?$/s.exec(word) ?? [];
  const { option, isOn } = completeOption(typed, word);
  if (!isFlag(option)) options.add(option, value ?? takeValue(option, word, rest));
  else if (value === undefined) options.add(option, isOn);
  else throw parserError('NeedlessArgument', `needless argument: ${word}`);
}

/** Parses `-s VALUE`, `-sVALUE` and several letters without values, such as `-bk`. */
function parseShort(word: string, rest: string[], options: UaacOptions): void {
  const [typed, letter, attached] = [word.slice(0, 2), word.charAt(1), word.slice(2)];
  const option =
    allOptions.find((each) => each.letter === letter) ?? completeOption(letter, typed).option;
  if (!isFlag(option)) {
    const value = attached === '' ? takeValue(option, typed, rest) : attached.replace(/^=/, '');
    options.add(option, value);
    return;
  }
  options.add(option, true);
  if (attached !== '') parseShort(`-${attached}`, rest, options);
}

function isFlag({ kind }: UaacOption): boolean {
  return kind === 'flag' || kind === 'toggle';
}

/** Takes the next word as the value of an option. */
function takeValue({ kind }: UaacOption, typed: string, rest: string[]): string | undefined {
  const [next] = rest;
  if (kind === 'optionalValue' && next !== undefined && /^-./s.test(next)) return undefined;
  if (kind === 'value' && next === undefined) {
    throw parserError('MissingArgument', `missing argument: ${typed}`);
  }
  return rest.shift();
}

interface Spelling {
  readonly text: string;
  readonly option: UaacOption;
  readonly isOn: boolean;
}

function listSpellings(options: readonly UaacOption[]): readonly Spelling[] {
  return options.flatMap((option) => [
    { text: option.name, option, isOn: true },
    ...(option.kind === 'toggle' ? [{ text: `no-${option.name}`, option, isOn: false }] : []),
  ]);
}

const spellings = listSpellings(allOptions);
const extraSpellings = listSpellings(extraOptions);

/**
 * Finds the option for an exact name, or for a prefix that only one option has.
 * @param word - the argument, for errors.
 */
function completeOption(name: string, word: string): Spelling {
  const exact = [...spellings, ...extraSpellings].find(({ text }) => text === name);
  if (exact !== undefined) return exact;
  const prefix = name.toLowerCase();
  const [first, ...others] = spellings.filter(({ text }) => text.startsWith(prefix));
  if (name === '' || first === undefined) {
    throw parserError('InvalidOption', `invalid option: ${word}`);
  }
  if (others.some(({ option }) => option !== first.option)) {
    throw parserError('AmbiguousOption', `ambiguous option: ${word}`);
  }
  return first;
}

function parserError(type: string, message: string): UaacError {
  return programError(`OptionParser::${type}`, message);
}

/** A command line of `uaac`, ready to run. */
export interface UaacLine {
  readonly command: UaacCommand;
  readonly args: readonly string[];
  readonly options: UaacOptions;
}

/**
 * Parses a command line.
 * @returns the error that `uaac` prints for an unknown command or option, which `tpks uaa` may still
 *   support.
 */
export function parseLine(argv: readonly string[]): UaacLine | UaacError {
  try {
    return parseCommand(argv);
  } catch (error) {
    if (isUaacError(error)) return error;
    throw error;
  }
}

function parseCommand(argv: readonly string[]): UaacLine {
  const parsed = parseOptions(argv);
  const { options } = parsed;
  // Checked here, because even printing an error on a terminal needs the options.
  try {
    parseSeconds(options.text('timeout') ?? '1');
  } catch {
    throw parserError('InvalidArgument', 'invalid argument: --timeout');
  }
  const words = toCommandWords(parsed.words, options);
  const command = findCommand(words);
  if (command === undefined) throw uaacError('uaac: subcommand not found');
  const args = words.slice(command.words.length);
  const problem = findProblem(command, args, options);
  if (problem !== undefined) throw uaacError('', problem, ...(formatHelp(command.words) ?? []));
  if (command.words[0] === 'help' && formatHelp(args) === undefined) {
    throw uaacError('', `No command or topic found to match: ${args.join(' ').toLowerCase()}`);
  }
  return { command, args, options };
}

function toCommandWords(words: readonly string[], options: UaacOptions): readonly string[] {
  if (options.flag('version') === true) return ['version'];
  const wantsHelp = options.flag('help') === true && words[0] !== 'version';
  return words.length === 0 || wantsHelp ? ['help', ...words] : words;
}

function findProblem(
  command: UaacCommand,
  args: readonly string[],
  options: UaacOptions,
): string | undefined {
  if (args.length > countArguments(command)) return 'Too many command line parameters given.';
  // Help ignores the other options on the command line.
  if (command.words[0] === 'help') return undefined;
  const known = [...command.options, ...globalOptions, ...extraOptions].map(({ name }) => name);
  const invalid = [...options.values.keys()].find((name) => !known.includes(name));
  return invalid === undefined ? undefined : `Invalid option: ${invalid}`;
}

/** `--config` and `UAAC_HOME` select other files for targets and tokens, as in the original. */
export function selectHome(env: Environment, options?: Pick<UaacOptions, 'text'>): Environment {
  const file = options?.text('config');
  if (file !== undefined) return { ...env, TPKS_HOME: `${file}.tpks` };
  const home = env.UAAC_HOME;
  return home === undefined || env.TPKS_HOME !== undefined
    ? env
    : { ...env, TPKS_HOME: `${home}/.uaac.tpks` };
}

/** Converts the options to those that services use. */
export function toUaacGlobalOptions(options: UaacOptions): GlobalOptions {
  const subdomain = options.text('zone');
  const timeout = options.text('timeout');
  return {
    context: options.text('context'),
    json: false,
    interactive: options.flag('non-interactive') !== true && options.flag('input') !== false,
    color: options.flag('color') !== false,
    timeoutSeconds: timeout === undefined ? undefined : parseSeconds(timeout),
    trace: options.flag('trace') === true || options.flag('debug') === true,
    zone: subdomain === undefined ? undefined : { subdomain },
  };
}
