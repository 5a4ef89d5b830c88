import type { Command } from 'commander';
import { systemClock, type Clock } from './clock.js';
import type { Entry } from './commands/contents.js';
import { contents as rootContents } from './commands/index.js';
import { isTopic } from './commands/shell/topics.js';
import { completeLine } from './completion/complete.js';
import { readEnvironment, type Environment } from './config/environment.js';
import { exitCodes, isTpksError, reworded, TpksError } from './errors.js';
import { fromGoFlags } from './go-flags.js';
import type { Send } from './http/send.js';
import {
  createProgram,
  outputForms,
  sharedOptions,
  toGlobalOptions,
  type ProgramInput,
} from './program.js';
import { bugHint, toReport, type Report } from './report.js';
import { forgetSecrets } from './secret.js';
import { createServices, type RunningServices } from './services.js';
import { createHelpOutput } from './terminal/help-output.js';
import { createPager } from './terminal/pager.js';
import { createTerminal, type TerminalIo } from './terminal/terminal.js';

/**
 * Streams and environment of one run of the program. Streams may be getters: each is opened on first use.
 * `run` leaves no listeners on them, so the caller listens for `error` on stdout and stderr.
 */
export interface RunIo extends TerminalIo {
  /** All variables, as the process has them. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The name that the program was called by: `pks`, `tkgi` and `uaac` change how it behaves. */
  readonly programName?: string;
  /** Descriptor of stdout, if it has one: help is written to it without loading Node's streams. */
  readonly stdoutDescriptor?: number;
}

export interface RunDeps {
  readonly clock?: Clock;
  /** Replaces the network for all requests, regardless of the CA that a context trusts. */
  readonly send?: Send;
  /** Registers a listener for Ctrl-C (`SIGINT`) and `SIGTERM`. */
  readonly onInterrupt?: (listener: (signal?: NodeJS.Signals) => void) => void;
  /** Registers a listener for an empty event loop: the command can no longer complete. */
  readonly onIdle?: (listener: () => void) => void;
}

/**
 * Runs the whole program in this process: parses `argv`, runs the command, and prints its result
 * or its error. It reads no global state of the process, so one run does not affect the next; runs
 * must not overlap, because they share the list of secrets to redact.
 *
 * @param argv - the words after the program's name.
 * @returns the exit code, once all output is written.
 */
export async function run(argv: readonly string[], io: RunIo, deps: RunDeps = {}): Promise<number> {
  forgetSecrets();
  const named = await root(io.programName);
  const env = readEnvironment(io.env);
  if (argv[0] === '__complete') return completeLine(argv.slice(1), io, env, { ...named, ...deps });
  return runCommand(argv, io, env, named, deps);
}

async function runCommand(
  argv: readonly string[],
  io: RunIo,
  env: Environment,
  named: Root,
  { clock = systemClock, send, onInterrupt, onIdle }: RunDeps,
): Promise<number> {
  const { platform } = io;
  const options = () => toGlobalOptions(sharedOptions(program), env);
  const interrupts = listen(onInterrupt);
  const pager = createPager({
    stdout: () => io.stdout,
    env,
    options,
    ignoringCtrlC: interrupts.ignoringCtrlC,
  });
  const terminal = createTerminal(io, env, options, pager);
  const services = createServices({
    env,
    platform,
    clock,
    terminal,
    options,
    network: send,
    untilInterrupted: interrupts.wait,
  });
  const help = createHelpOutput(() => io.stdout, io.stdoutDescriptor, pager);
  const program = createProgram({
    ...named,
    services,
    help,
    complain: (text) => io.stderr.write(text),
  });
  const idle = new Promise<never>((_resolve, reject) => {
    onIdle?.(() => {
      const message = `${pathOf(program, argv)} ended without a result`;
      reject(new TpksError('failed', message, { hint: bugHint }));
    });
  });
  try {
    await Promise.race([parse(argv, program, help, named), interrupts.cancelled, idle]);
    return 0;
  } catch (error) {
    const report = toReport(await withClockWarning(error, services), {
      command: pathOf(program, argv),
      stackTrace: options().trace ? (await import('./stack-trace.js')).stackTrace(error) : [],
    });
    // A token renewal that is under way is completed, so that its tokens are not lost.
    if (report.exitCode === exitCodes.cancelled) await services.settle();
    if (!report.silent) await show(report, options().json, io.stderr);
    return report.exitCode;
  }
}

/** Adds a hint: a wrong clock can end a session, and can make a certificate's dates look wrong. */
async function withClockWarning(
  error: unknown,
  { serverClock }: Pick<RunningServices, 'serverClock'>,
): Promise<unknown> {
  const skew = serverClock.skew();
  if (skew === undefined || !isTpksError(error)) return error;
  const [{ clockWarning }, { isDateProblem }] = await Promise.all([
    import('./commands/span.js'),
    import('./http/network-error.js'),
  ]);
  if (error.kind !== 'unauthenticated' && !isDateProblem(error)) return error;
  const advice = `${clockWarning(skew)}: correct it first`;
  return reworded(error, { hint: error.hint === undefined ? advice : `${error.hint}\n${advice}` });
}

async function parse(
  argv: readonly string[],
  program: Command,
  help: { readonly flush: () => Promise<void> },
  { contents }: Root,
): Promise<void> {
  const words = argv.length === 0 ? ['--help'] : outputLast(helpFirst(fromGoFlags(argv), contents));
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // Commander ends help with an error that has no message.
    await help.flush();
    throw error;
  }
}

/** The most specific command that the words name, e.g. `tpks uaa user add`. */
function pathOf(program: Command, words: readonly string[]): string {
  let [command, path] = [program, program.name()];
  for (const word of words) {
    const next = command.commands.find(
      (one) => one.name() === word || one.aliases().includes(word),
    );
    if (next !== undefined) [command, path] = [next, `${path} ${next.name()}`];
  }
  return path;
}

type Root = Pick<ProgramInput, 'name' | 'contents' | 'options'>;

/** A link named after a tool that tpks replaces has that tool's commands at its root. */
async function root(called = ''): Promise<Root> {
  if (called === 'uaac') {
    const { contents, options } = await import('./commands/uaa/index.js');
    return { name: called, contents, options: options() };
  }
  return { name: ['pks', 'tkgi'].includes(called) ? called : 'tpks', contents: rootContents };
}

/**
 * Rewrites `help login` to `login --help`. `help TOPIC` stays a command, and `help NOSUCH` becomes
 * `NOSUCH`, which reports the unknown command. A link named `uaac` has no topics.
 */
function helpFirst([first, ...path]: readonly string[], contents: readonly Entry[]): string[] {
  if (first !== 'help') return first === undefined ? [] : [first, ...path];
  const [word = '', ...rest] = path;
  const isCommand = (named: string) =>
    contents.some(({ name, aliases = [] }) => [name, ...aliases].includes(named));
  if (isCommand('help') && isTopic(word) && rest.every((each) => each.startsWith('-')))
    return [first, ...path];
  return isCommand(word) || word === '' || word.startsWith('-') ? [...path, '--help'] : path;
}

/**
 * Moves `-o FORM` to the end: each command declares the forms that it has, and users may also write
 * the option before the command, like the global options.
 */
function outputLast(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = (end === -1 ? words : words.slice(0, end)).flatMap((word) =>
    word.startsWith('--output=') ? word.split('=', 2) : [word],
  );
  const start = options.findIndex(
    (word, index) =>
      ['-o', '--output'].includes(word) && outputForms.some((form) => form === options[index + 1]),
  );
  const moved = start === -1 ? [] : options.splice(start, 2);
  return [...options, ...moved, ...(end === -1 ? [] : words.slice(end))];
}

interface Interrupts {
  /** Rejects on Ctrl-C, unless a command waits for it. */
  readonly cancelled: Promise<never>;
  /** Resolves on Ctrl-C, for a command that runs until then. */
  readonly wait: () => Promise<void>;
  /** Runs a program that handles Ctrl-C, such as a pager. */
  readonly ignoringCtrlC: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

function listen(onInterrupt: RunDeps['onInterrupt']): Interrupts {
  let waiting: (() => void) | undefined;
  let ignoresCtrlC = false;
  const cancelled = new Promise<never>((_resolve, reject) => {
    onInterrupt?.((signal) => {
      if (ignoresCtrlC && signal === 'SIGINT') return;
      const wake = waiting;
      // The command handles only the first Ctrl-C: it may have to finish what it has started.
      waiting = undefined;
      if (wake) wake();
      else reject(new TpksError('cancelled', 'Interrupted'));
    });
  });
  return {
    cancelled,
    wait: () => new Promise((resolve) => (waiting = resolve)),
    async ignoringCtrlC(work) {
      ignoresCtrlC = true;
      try {
        return await work();
      } finally {
        ignoresCtrlC = false;
      }
    },
  };
}

/** Resolves once the report is written, or could not be written. */
async function show(report: Report, json: boolean, stderr: RunIo['stderr']): Promise<void> {
  const text = json ? `${JSON.stringify(report.json)}\n` : report.text;
  await new Promise((resolve) => {
    stderr.write(text, resolve);
  });
}
