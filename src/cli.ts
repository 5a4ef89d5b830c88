import { basename } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from './clock.js';
import type { Entry } from './commands/contents.js';
import { contents as rootContents } from './commands/index.js';
import { topics } from './commands/shell/topics.js';
import { completeLine } from './completion/complete.js';
import { exitCodes, TpksError } from './errors.js';
import { fromGoFlags } from './go-flags.js';
import { createProgram, sharedOptions, toGlobalOptions, type ProgramInput } from './program.js';
import { toReport, type Report } from './report.js';
import { createServices } from './services.js';
import { createHelpOutput } from './terminal/help-output.js';
import { createTerminal, type TerminalDeps } from './terminal/terminal.js';

/**
 * Everything that starts without being asked for, in one file: each file more costs a millisecond.
 * @returns the exit code, once the answer is written.
 */
export async function runCli(process: NodeJS.Process, words: readonly string[]): Promise<number> {
  const code = words[0] === '__complete' ? await complete(process) : await run(process, words);
  // What was interrupted must neither send nor print anything more.
  if (code === exitCodes.cancelled) process.exit(code);
  // A native call that was given up, or an idle connection, must not hold the shell.
  setTimeout(() => process.exit(code), 300).unref();
  return code;
}

async function run(process: NodeJS.Process, typed: readonly string[]): Promise<number> {
  const { env } = process;
  const options = () => toGlobalOptions(sharedOptions(program), env);
  const terminal = createTerminal(lazyStreams(process, options));
  const interrupts = listen(process);
  const services = createServices({
    env,
    platform: process.platform,
    clock: systemClock,
    terminal,
    options,
    untilInterrupted: interrupts.wait,
  });
  const help = createHelpOutput(() => process.stdout, 1);
  const named = await root(process.argv[1]);
  const program = createProgram({
    ...named,
    services,
    help,
    complain: (text) => process.stderr.on('error', ignore).write(text),
  });
  try {
    const words = typed.length === 0 ? ['--help'] : helpFirst(fromGoFlags(typed), named.contents);
    const parsed = program.parseAsync(words, { from: 'user' }).catch(async (error: unknown) => {
      // Help ends with an error that says nothing.
      await help.flush();
      throw error;
    });
    await Promise.race([parsed, interrupts.cancelled]);
    return 0;
  } catch (error) {
    const report = toReport(error, { command: pathOf(program, typed), trace: options().trace });
    // What was under way with the tokens is brought to its end, so that none is lost.
    if (report.exitCode === exitCodes.cancelled) await services.settle();
    if (!report.silent) await show(report, options().json, process.stderr);
    return report.exitCode;
  }
}

/** The command that the words name, as far as they do, e.g. `tpks uaa user add`. */
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

/** What a closed pipe says: nobody reads any more, and nobody needs to know. */
function ignore(): void {
  // Nothing to do.
}

/** Hands over the streams unopened: opening stdin alone costs a start several milliseconds. */
function lazyStreams(process: NodeJS.Process, options: TerminalDeps['options']): TerminalDeps {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    env: process.env,
    options,
  };
}

/** A link named like one of the tools that tpks replaces takes that tool's words at its root. */
async function root(path = ''): Promise<Pick<ProgramInput, 'name' | 'contents' | 'options'>> {
  const called = basename(path, '.js');
  if (called === 'uaac') {
    const { contents, options } = await import('./commands/uaa/index.js');
    return { name: called, contents, options: options() };
  }
  return { name: ['pks', 'tkgi'].includes(called) ? called : 'tpks', contents: rootContents };
}

/** `help login` is `login --help`, `help TOPIC` stays a command, and `help NOSUCH` ends as `NOSUCH` does. */
function helpFirst([first, ...path]: readonly string[], contents: readonly Entry[]): string[] {
  if (first !== 'help') return first === undefined ? [] : [first, ...path];
  const [word = '', ...rest] = path;
  const isCommand = contents.some(({ name, aliases = [] }) => [name, ...aliases].includes(word));
  const isTopic = topics.some((topic) => topic === word);
  if (isTopic && rest.every((each) => each.startsWith('-'))) return [first, ...path];
  return isCommand || word === '' || word.startsWith('-') ? [...path, '--help'] : path;
}

async function complete(process: NodeJS.Process): Promise<number> {
  const { contents, options } = await root(process.argv[1]);
  return completeLine(process, contents, options);
}

interface Interrupts {
  /** Rejects at Ctrl-C, unless a command waits for it. */
  readonly cancelled: Promise<never>;
  /** Resolves at Ctrl-C: for a command that runs until then. */
  readonly wait: () => Promise<void>;
}

function listen(process: NodeJS.Process): Interrupts {
  let waiting: (() => void) | undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    const interrupted = (): void => {
      if (waiting) waiting();
      else reject(new TpksError('cancelled', 'Interrupted'));
    };
    process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  });
  return {
    cancelled,
    wait: () =>
      new Promise((resolve) => {
        waiting = resolve;
      }),
  };
}

/** Resolves once it is written, or nobody reads it. */
async function show(report: Report, json: boolean, stderr: NodeJS.WriteStream): Promise<void> {
  const text = json ? `${JSON.stringify(report.json)}\n` : report.text;
  await new Promise<void>((resolve) => {
    stderr.on('error', ignore).write(text, () => {
      resolve();
    });
  });
}
