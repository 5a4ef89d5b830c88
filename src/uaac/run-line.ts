import { isOn, type Environment } from '../config/environment.js';
import { isTpksError } from '../errors.js';
import { redact } from '../secret.js';
import { parseSeconds } from '../commands/numbers.js';
import type { GlobalOptions, Services } from '../services.js';
import type { TerminalIo } from '../terminal/terminal-io.js';
import { countArguments, findCommand } from './commands.js';
import type { UaacCommand } from './define-command.js';
import { formatFailure } from './failure-text.js';
import { createLineReader, type LineReader } from './line-reader.js';
import { createUaacOptions, type UaacOptions } from './option-values.js';
import { globalOptions, extraOptions } from './options.js';
import { parseOptions, type OptionValues } from './parse-options.js';
import { formatTree } from './tree.js';
import { programError, requestError, uaacError, type UaacError } from './uaac-error.js';
import type { UaacRun } from './uaac-run.js';

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
export async function parseLine(argv: readonly string[]): Promise<UaacLine | UaacError> {
  const parsed = parseOptions(argv);
  if ('type' in parsed) return programError(`OptionParser::${parsed.type}`, parsed.message);
  const { options } = parsed;
  if (!isValidTimeout(options.get('timeout')?.at(-1))) {
    return programError('OptionParser::InvalidArgument', 'invalid argument: --timeout');
  }
  const words = toCommandWords(parsed.words, options);
  const command = findCommand(words);
  if (command === undefined) return uaacError('uaac: subcommand not found');
  const args = words.slice(command.words.length);
  const problem = findProblem(command, args, options);
  const isHelp = command.words[0] === 'help' && args.length > 0;
  if (problem === undefined && !isHelp) {
    return { command, args, options: createUaacOptions(options) };
  }
  const { formatHelp, unknownHelpError } = await import('./help-command.js');
  if (problem === undefined) {
    return unknownHelpError(args) ?? { command, args, options: createUaacOptions(options) };
  }
  return uaacError('', problem, ...(formatHelp(command.words) ?? []));
}

/** Checked before the command runs, because even printing an error on a terminal needs the options. */
function isValidTimeout(text: string | boolean | undefined): boolean {
  if (typeof text !== 'string') return true;
  try {
    parseSeconds(text);
    return true;
  } catch {
    return false;
  }
}

function toCommandWords(words: readonly string[], options: OptionValues): readonly string[] {
  if (options.get('version')?.at(-1) === true) return ['version'];
  const wantsHelp = options.get('help')?.at(-1) === true && words[0] !== 'version';
  return words.length === 0 || wantsHelp ? ['help', ...words] : words;
}

function findProblem(
  command: UaacCommand,
  args: readonly string[],
  options: OptionValues,
): string | undefined {
  if (args.length > countArguments(command)) return 'Too many command line parameters given.';
  // Help ignores the other options on the command line.
  if (command.words[0] === 'help') return undefined;
  const known = [...command.options, ...globalOptions, ...extraOptions];
  const invalid = [...options.keys()].find((name) => !known.some((each) => each.name === name));
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
export function toUaacGlobalOptions(options: UaacOptions, env: Environment): GlobalOptions {
  const subdomain = options.text('zone');
  const timeout = options.text('timeout');
  const isTraced = options.flag('trace') === true || options.flag('debug') === true;
  return {
    context: options.text('context'),
    json: false,
    interactive: options.flag('non-interactive') !== true && options.flag('input') !== false,
    color: options.flag('color') !== false,
    timeoutSeconds: timeout === undefined ? undefined : parseSeconds(timeout),
    trace: isTraced || isOn(env.TPKS_TRACE),
    zone: subdomain === undefined ? undefined : { subdomain },
  };
}

/** How long to wait for a line of piped input. */
const inputMilliseconds = 300_000;

/**
 * Runs a command of `uaac`.
 * @returns the exit code: 0 for every success, 1 for every failure, 130 after an interruption.
 */
export async function runUaacLine(
  { command, args, options }: UaacLine,
  services: Services,
  io: Pick<TerminalIo, 'stdin' | 'stdout' | 'stderr'>,
): Promise<number> {
  const { terminal } = services;
  const lines = createLineReader(io.stdin, inputMilliseconds);
  const isTerminal = io.stdout.isTTY === true;
  const columns = isTerminal ? toColumns(io.stdout.columns) : 0;
  const print = (...text: readonly string[]) =>
    isTerminal ? terminal.show({ json: null, text }) : terminal.write(`${text.join('\n')}\n`);
  const run: UaacRun = {
    args,
    options,
    services,
    isTerminal,
    print,
    printTree: (value) => print(...formatTree(value, columns)),
    ...createPrompts(services, io, lines),
  };
  try {
    await (
      await command.load()
    )(run);
    return 0;
  } catch (error) {
    if (isTpksError(error) && error.kind === 'cancelled') throw error;
    const { lines: text, hint, isHintNeeded } = formatFailure(error);
    if (text.length > 0) await print(...text.map(redact));
    if (hint !== undefined && (isHintNeeded || io.stderr.isTTY === true)) noteHint(hint, terminal);
    return 1;
  } finally {
    lines.close();
  }
}

/** Narrow terminals are treated as unlimited, as in the original. */
function toColumns(columns = 0): number {
  return columns < 40 ? 0 : columns;
}

function createPrompts(
  { terminal }: Pick<Services, 'terminal'>,
  { stdin }: Pick<TerminalIo, 'stdin'>,
  lines: LineReader,
): Pick<UaacRun, 'prompt' | 'promptHidden'> {
  const hint = 'pass the value on the command line, or pipe one line for each prompt to stdin';
  const promptOnTerminal = (label: string, hidden: boolean) =>
    terminal.prompt({ message: `${label}:  `, hidden, hint });
  const isTerminal = () => terminal.canPrompt() || stdin.isTTY === true;
  return {
    prompt: async (label) => {
      if (isTerminal()) return promptOnTerminal(label, false);
      await terminal.write(`${label}:  `);
      const line = await lines.next();
      if (line === undefined) {
        throw requestError('EOFError', 'The input stream is exhausted.');
      }
      return line.trim();
    },
    promptHidden: async (label) => {
      if (isTerminal()) return promptOnTerminal(label, true);
      await terminal.write(`${label}:  `);
      const line = (await lines.next()) ?? '';
      await terminal.write(`${'*'.repeat(line.length)}\n`);
      return line.trim();
    },
  };
}

function noteHint(hint: string, { note }: Pick<Services['terminal'], 'note'>): void {
  const [first = '', ...others] = redact(hint).split('\n');
  note(`Hint: ${first}`);
  for (const line of others) note(`      ${line}`);
}
