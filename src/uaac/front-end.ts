import { createInterface, type Interface } from 'node:readline';
import type { GlobalOptions } from '../app/runtime.js';
import type { RunningServices, Services } from '../app/services.js';
import { isTpksError } from '../base/errors.js';
import { redact } from '../base/secret.js';
import { parseSeconds } from '../commands/option-values.js';
import type { Environment } from '../platform/config/environment.js';
import type { TerminalIo } from '../platform/terminal/terminal-io.js';
import { countArguments, findCommand, formatHelp, type UaacCommand } from './commands.js';
import {
  extraOptions,
  globalOptions,
  parseOptions,
  parserError,
  type UaacOptions,
} from './options.js';
import { formatTree } from './tree.js';
import { formatFailure, isUaacError, requestError, UaacError } from './uaac-error.js';

interface UaacLine {
  readonly command: UaacCommand;
  readonly args: readonly string[];
  readonly options: UaacOptions;
}

/** A command line that `uaac` rejects. `tpks uaa` may still support its command or option. */
interface InvalidLine {
  /** The error that `uaac` prints. */
  readonly unknownText: readonly string[];
}

export function parseLine(argv: readonly string[]): UaacLine | InvalidLine {
  try {
    return parseCommand(argv);
  } catch (error) {
    if (!isUaacError(error)) throw error;
    return { unknownText: error.lines };
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
  if (command === undefined) throw new UaacError(['uaac: subcommand not found']);
  const args = words.slice(command.words.length);
  const problem = findProblem(command, args, options);
  if (problem !== undefined) {
    throw new UaacError(['', problem, ...(formatHelp(command.words) ?? [])]);
  }
  if (command.words[0] === 'help' && formatHelp(args) === undefined) {
    const topic = args.join(' ').toLowerCase();
    throw new UaacError(['', `No command or topic found to match: ${topic}`]);
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

/** `--config` selects other files for targets and tokens, as in the original. */
export function selectConfig(env: Environment, options: Pick<UaacOptions, 'text'>): Environment {
  const file = options.text('config');
  return file === undefined ? env : { ...env, TPKS_HOME: `${file}.tpks` };
}

function toGlobalOptions(options: UaacOptions): GlobalOptions {
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

interface FrontEndInput {
  readonly line: UaacLine;
  readonly services: RunningServices;
  readonly io: TerminalIo;
}

/** Runs a command line of `uaac`, and prints its result or error as the original does. */
export class UaacFrontEnd {
  private readonly input: FrontEndInput;

  constructor(input: FrontEndInput) {
    this.input = input;
  }

  globalOptions(): GlobalOptions {
    return toGlobalOptions(this.input.line.options);
  }

  /** Errors are never printed as JSON. */
  wantsJson(): boolean {
    return false;
  }

  commandPath(): readonly string[] {
    return ['uaac', ...this.input.line.command.words];
  }

  /**
   * @returns the exit code: 0 for every success, 1 for every failure.
   * @throws {TpksError} `cancelled` after an interruption.
   */
  async run(): Promise<number> {
    const { line, services, io } = this.input;
    const { terminal } = services;
    const prompter = new Prompter(io.stdin, terminal);
    const isTerminal = io.stdout.isTTY === true;
    const print = (...text: readonly string[]) =>
      isTerminal ? terminal.show({ json: null, text }) : terminal.write(`${text.join('\n')}\n`);
    try {
      const action = await line.command.load();
      await action({
        args: line.args,
        options: line.options,
        services,
        isTerminal,
        print,
        printTree: (value) => print(...formatTree(value)),
        help: formatHelp(line.command.words) ?? [],
        prompt: (label) => prompter.prompt(label),
        promptHidden: (label) => prompter.prompt(label, { hidden: true }),
      });
      return 0;
    } catch (error) {
      if (isTpksError(error) && error.kind === 'cancelled') throw error;
      const { lines: text, hint, isHintNeeded } = formatFailure(error);
      if (text.length > 0) await print(...text.map(redact));
      if (hint !== undefined && (isHintNeeded || io.stderr.isTTY === true)) {
        noteHint(hint, terminal);
      }
      return 1;
    } finally {
      prompter.close();
    }
  }
}

/** How long to wait for a line: a pipe without a writer must not block a job forever. */
const inputMilliseconds = 300_000;

/** Prompts on the terminal. Without one, reads the lines that a script pipes to stdin, one for each prompt. */
class Prompter {
  private readonly stdin: TerminalIo['stdin'];
  private readonly terminal: Services['terminal'];
  private reader: Interface | undefined;
  private lines: AsyncIterator<string, undefined> | undefined;

  constructor(stdin: TerminalIo['stdin'], terminal: Services['terminal']) {
    this.stdin = stdin;
    this.terminal = terminal;
  }

  async prompt(label: string, { hidden = false } = {}): Promise<string> {
    const { terminal } = this;
    const message = `${label}:  `;
    if (terminal.canPrompt() || this.stdin.isTTY === true) {
      const hint = 'pass the value on the command line, or pipe one line for each prompt to stdin';
      return terminal.prompt({ message, hidden, hint });
    }
    await terminal.write(message);
    const line = await this.readLine();
    if (hidden) await terminal.write(`${'*'.repeat(line?.length ?? 0)}\n`);
    else if (line === undefined) throw requestError('EOFError', 'The input stream is exhausted.');
    return line?.trim() ?? '';
  }

  /** @returns `undefined` at the end of the input, or if no line arrives in time. */
  private async readLine(): Promise<string | undefined> {
    const reader = (this.reader ??= createInterface({ input: this.stdin, crlfDelay: Infinity }));
    this.lines ??= reader[Symbol.asyncIterator]();
    const timer = setTimeout(() => {
      reader.close();
    }, inputMilliseconds);
    try {
      return (await this.lines.next()).value;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops reading, so that an open pipe does not delay the exit. */
  close(): void {
    if (this.reader !== undefined) this.stdin.destroy();
  }
}

function noteHint(hint: string, { note }: Pick<Services['terminal'], 'note'>): void {
  const [first = '', ...others] = redact(hint).split('\n');
  note(`Hint: ${first}`);
  for (const line of others) note(`      ${line}`);
}
