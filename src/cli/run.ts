import { arch, version as nodeVersion, versions } from 'node:process';
import type { Command } from 'commander';
import type { GlobalOptions } from '../app/runtime.js';
import { type RunningServices, createServices } from '../app/services.js';
import {
  type Clock,
  type Schedule,
  systemClock,
  systemSchedule,
  formatClockWarning,
} from '../base/clock.js';
import { exitCodes, isTpksError, rewordError, TpksError } from '../base/errors.js';
import { findProgram, isPksLink } from '../base/program-name.js';
import { forgetSecrets } from '../base/secret.js';
import { version } from '../base/version.js';
import { findSubcommand } from '../commands/contents.js';
import { toGlobalOptions } from '../commands/global-options.js';
import { isOn, readEnvironment, type Environment } from '../platform/config/environment.js';
import { isCertificateDateProblem } from '../platform/http/network-error.js';
import type { Send } from '../platform/http/send.js';
import { createPager } from '../platform/terminal/pager.js';
import { createHelpOutput } from '../platform/terminal/stdout.js';
import type { TerminalIo } from '../platform/terminal/terminal-io.js';
import { createTerminal } from '../platform/terminal/terminal.js';
import { toCommanderWords, findRequestedFormat, requestsVersion } from './commander-words.js';
import { type OnInterrupt, listenForInterrupts } from './interrupts.js';
import type { LinkTexts } from './link-texts.js';
import { findRoot, type Root } from './links.js';
import {
  bugHint,
  isUnknownCommandLine,
  isUsageError,
  printReport,
  readStackTrace,
  toReport,
} from './report.js';
import { createProgram, sharedOptions } from './root-command.js';
import { explainUsage } from './usage-hint.js';

/**
 * Streams and environment of one run of the program. Streams can be getters that open them on first
 * use. `run` leaves no listeners on them, so the caller must listen for `error` on stdout and stderr.
 */
export interface RunIo extends TerminalIo {
  /** All environment variables of the process. */
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

export interface RunDeps {
  readonly clock?: Clock;
  readonly schedule?: Schedule;
  /** Replaces the network for all requests, regardless of the CA that a context trusts. */
  readonly send?: Send;
  /** Registers a listener for SIGINT (Ctrl-C) and SIGTERM. */
  readonly onInterrupt?: OnInterrupt;
  /** Registers a listener for an empty event loop, in which the command can no longer finish. */
  readonly onIdle?: (listener: () => void) => void;
  /** Registers a listener for uncaught exceptions, e.g. from event listeners. */
  readonly onUncaught?: (listener: (error: unknown) => void) => void;
}

/**
 * Runs the program in this process: parses `argv`, runs the command, and prints its result or error.
 * It uses no global state of the process except the list of secrets to redact, so runs must not
 * overlap.
 *
 * @param argv - the arguments after the program name.
 * @returns the exit code, after all output is written.
 */
export async function run(argv: readonly string[], io: RunIo, deps: RunDeps = {}): Promise<number> {
  forgetSecrets();
  const root = await findRoot(io.programName);
  const variables = readEnvironment(io.env);
  const env = isPksLink(io.programName) ? selectPksHome(variables) : variables;
  if (argv[0] === '__complete') {
    const { completeLine } = await import('../completion/complete.js');
    return completeLine(argv.slice(1), io, env, { ...root, ...deps, rename: root.link?.rename });
  }
  const invocation = { io, env, deps, root };
  if (root.name === 'uaac') return runUaac(argv, invocation);
  // A link always prints the text of the original tool, which scripts parse.
  if (root.link === undefined && requestsVersion(argv)) {
    if (await printVersionDetails(argv, io, env)) return 0;
  }
  return runCommand(argv, invocation);
}

/**
 * Makes `PKS_HOME` select the session, as in the original CLI: scripts set it to use several
 * installations side by side. `TPKS_HOME` takes precedence.
 * @see pks-cli, section 4.1
 */
function selectPksHome(env: Environment): Environment {
  return env.PKS_HOME === undefined || env.TPKS_HOME !== undefined
    ? env
    : { ...env, TPKS_HOME: `${env.PKS_HOME}/.tpks` };
}

/** A run of the program under one of its names. */
interface Invocation {
  readonly io: RunIo;
  readonly env: Environment;
  readonly deps: RunDeps;
  readonly root: Root;
}

/**
 * Runs a command line of `uaac`. If `uaac` does not know the command or an option, `tpks uaa` runs it.
 * If `tpks uaa` does not know it either, the error of `uaac` is printed.
 */
async function runUaac(argv: readonly string[], invocation: Invocation): Promise<number> {
  const { io, env, deps, root } = invocation;
  const { parseLine, selectHome, toUaacGlobalOptions } = await import('../uaac/command-line.js');
  const { runUaacLine } = await import('../uaac/run-line.js');
  const line = parseLine(argv);
  if ('lines' in line) {
    const ownInvocation = { ...invocation, env: selectHome(env) };
    return toUaacExitCode(await runCommand(argv, ownInvocation, line.lines));
  }
  const options = () => withTraceVariable(toUaacGlobalOptions(line.options), env);
  const { interrupts, services } = startRun(
    { io, env: selectHome(env, line.options), deps, link: root.link },
    options,
  );
  try {
    return await Promise.race([
      runUaacLine(line, services, io),
      interrupts.cancelled,
      watchForFailure(deps, () => [root.name, ...line.command.words].join(' ')),
    ]);
  } catch (error) {
    const report = toReport(error, { command: root.name, json: false, stackTrace: [] });
    if (report.exitCode === exitCodes.cancelled) await services.settle();
    services.stopReport();
    await printReport(report, { ...options(), env }, io.stderr);
    return toUaacExitCode(report.exitCode);
  } finally {
    services.stopReport();
  }
}

/** `TPKS_TRACE` has the same effect as `--trace`. */
function withTraceVariable(options: GlobalOptions, env: Environment): GlobalOptions {
  return { ...options, trace: options.trace || isOn(env.TPKS_TRACE) };
}

/** `uaac` exits only with 0 or 1. */
function toUaacExitCode(code: number): number {
  return [0, exitCodes.changes, exitCodes.cancelled].includes(code) ? code : exitCodes.failed;
}

/** @param unknownText - printed to stdout instead of an error about an unknown command or option. */
async function runCommand(
  argv: readonly string[],
  { io, env, deps, root }: Invocation,
  unknownText?: readonly string[],
): Promise<number> {
  const options = () => withTraceVariable(toGlobalOptions(sharedOptions(program)), env);
  const { interrupts, pager, services } = startRun({ io, env, deps, link: root.link }, options);
  const help = createHelpOutput(() => io.stdout, io.stdoutDescriptor, pager);
  let isParsed = false;
  const wantsJson = () => (isParsed ? options().json : findRequestedFormat(argv) === 'json');
  const program = createProgram({
    ...root,
    rename: root.link?.rename,
    services,
    help,
    writeError: (text) => {
      if (!wantsJson()) io.stderr.write(text);
    },
  });
  program.hook('preAction', () => {
    isParsed = true;
  });
  const failure = watchForFailure(deps, () => findCommandPath(program, argv));
  try {
    await Promise.race([parse(argv, program, help, root), interrupts.cancelled, failure]);
    services.stopReport();
    return 0;
  } catch (error) {
    if (unknownText !== undefined && !wantsJson() && isUnknownCommandLine(error)) {
      await services.terminal.show({ json: null, text: unknownText });
      return exitCodes.usage;
    }
    const command = findCommandPath(program, argv);
    const cause = isUsageError(error)
      ? await explainUsage(error, { ...root, program, command })
      : withClockWarning(error, services);
    const plainReport = toReport(cause, {
      command,
      json: wantsJson(),
      stackTrace: options().trace ? readStackTrace(error) : [],
    });
    const report = root.link?.adaptReport(plainReport) ?? plainReport;
    // Finish a token renewal in progress, so that its tokens are not lost.
    if (report.exitCode === exitCodes.cancelled) await services.settle();
    services.stopReport();
    if (!report.silent) {
      await printReport(report, { ...options(), json: wantsJson(), env }, io.stderr);
    }
    return report.exitCode;
  }
}

/** Adds a hint if a wrong clock may have caused the error: a rejected session or certificate. */
function withClockWarning(
  error: unknown,
  { serverClock }: Pick<RunningServices, 'serverClock'>,
): unknown {
  const skew = serverClock.findSkew();
  if (skew === undefined || !isTpksError(error)) return error;
  if (error.kind !== 'unauthenticated' && !isCertificateDateProblem(error)) return error;
  const advice = `${formatClockWarning(skew)}: correct it first`;
  return rewordError(error, {
    hint: error.hint === undefined ? advice : `${error.hint}\n${advice}`,
  });
}

async function parse(
  argv: readonly string[],
  program: Command,
  help: { readonly flush: () => Promise<void> },
  { contents }: Root,
): Promise<void> {
  const words = toCommanderWords(argv, contents);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // After printing help, Commander throws an error without a message.
    await help.flush();
    throw error;
  }
}

/** Finds the full name of the command on the command line, e.g. `tpks uaa user add`. */
function findCommandPath(program: Command, words: readonly string[]): string {
  let [command, path] = [program, program.name()];
  for (const word of words) {
    const next = findSubcommand(command, word);
    if (next !== undefined) [command, path] = [next, `${path} ${next.name()}`];
  }
  return path;
}

interface RunInput {
  readonly io: RunIo;
  readonly env: Environment;
  readonly deps: RunDeps;
  /** Makes messages name the link that the program was started with; `undefined` without a link. */
  readonly link: LinkTexts | undefined;
}

/** Connects the services to the streams and signals of a run. */
function startRun({ io, env, deps, link }: RunInput, options: () => GlobalOptions) {
  const { clock = systemClock, schedule = systemSchedule, send, onInterrupt } = deps;
  const { platform } = io;
  const interrupts = listenForInterrupts(onInterrupt);
  const { ignoringCtrlC } = interrupts;
  const pager = createPager({ stdout: () => io.stdout, env, platform, options, ignoringCtrlC });
  const plainTerminal = createTerminal(io, env, options, pager);
  const terminal = link?.adaptTerminal(plainTerminal) ?? plainTerminal;
  const services = createServices({
    env,
    platform,
    clock,
    schedule,
    terminal,
    options,
    network: send,
    untilInterrupted: interrupts.wait,
    program: findProgram(io.programName),
  });
  return { interrupts, pager, services };
}

/** Rejects after an uncaught exception, or if the event loop is empty, so that the command cannot finish. */
function watchForFailure(
  { onIdle, onUncaught }: RunDeps,
  findCommand: () => string,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    onUncaught?.(reject);
    onIdle?.(() => {
      const message = `${findCommand()} ended without a result`;
      reject(new TpksError('failed', message, { hint: bugHint }));
    });
  });
}

/**
 * Prints the version as JSON or YAML. commander prints it before it has read the options that follow
 * `--version`.
 *
 * @param argv - the arguments after the program name; they contain `--version` or `-V`.
 * @returns `false` if the version is not requested as JSON or YAML. In that case, nothing is printed.
 */
async function printVersionDetails(
  argv: readonly string[],
  io: RunIo,
  env: Environment,
): Promise<boolean> {
  const output = findRequestedFormat(argv);
  if (output === undefined) return false;
  const options = { json: output === 'json', output, interactive: false, color: false };
  // In the standalone binary, `process.version` is the version of Node that the runtime imitates.
  const runtime = versions.bun === undefined ? { node: nodeVersion } : { bun: versions.bun };
  const json = { version, ...runtime, platform: io.platform, arch };
  await createTerminal(io, env, () => options).show({ json, text: [] });
  return true;
}
