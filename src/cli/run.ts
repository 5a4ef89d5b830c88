import { arch, version as nodeVersion, versions } from 'node:process';
import type { GlobalOptions } from '../app/runtime.js';
import { type RunningServices, type Services, createServices } from '../app/services.js';
import {
  formatClockWarning,
  type Clock,
  type Schedule,
  systemClock,
  systemSchedule,
} from '../base/clock.js';
import { exitCodes, isTpksError, rewordError, TpksError } from '../base/errors.js';
import { findLink, type Link } from '../base/link.js';
import { forgetSecrets } from '../base/secret.js';
import { version } from '../base/version.js';
import { isOn, readEnvironment, type Environment } from '../platform/config/environment.js';
import { isCertificateDateProblem } from '../platform/http/network-error.js';
import type { Send } from '../platform/http/send.js';
import { isColorEnabled } from '../platform/terminal/lines.js';
import { createPager } from '../platform/terminal/pager.js';
import { createHelpOutput, type HelpOutput } from '../platform/terminal/stdout.js';
import type { TerminalIo } from '../platform/terminal/terminal-io.js';
import { createTerminal } from '../platform/terminal/terminal.js';
import { expandVersionFlag, findRequestedFormat, requestsVersion } from './commander-words.js';
import { CommanderFrontEnd } from './front-end.js';
import { findRoot, withRenamedCommands, type Root } from './links.js';
import { bugHint, createReport, printReport } from './report.js';

/**
 * Streams and environment of one run of the program. Streams can be getters that open them on first
 * use. `run` leaves no listeners on them, so the caller must listen for `error` on stdout and stderr.
 */
export interface RunIo extends TerminalIo {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** The name of the executable or link; `tpks` if absent. */
  readonly programName?: string;
}

export interface RunDeps {
  readonly clock?: Clock;
  readonly schedule?: Schedule;
  /** Replaces the network for all requests, regardless of the CA that a context trusts. */
  readonly send?: Send;
  /** Registers a listener for SIGINT (Ctrl-C) and SIGTERM. */
  readonly onInterrupt?: (listener: (signal?: NodeJS.Signals) => void) => void;
  /** Registers a listener for an empty event loop, in which the command can no longer finish. */
  readonly onIdle?: (listener: () => void) => void;
  /** Registers a listener for uncaught exceptions, e.g. from event listeners. */
  readonly onUncaught?: (listener: (error: unknown) => void) => void;
}

/**
 * Runs the program in this process. Runs must not overlap, because they share the list of secrets to redact.
 * @param typed - the arguments after the program name.
 * @returns the exit code, after all output is written.
 */
export async function run(
  typed: readonly string[],
  io: RunIo,
  deps: RunDeps = {},
): Promise<number> {
  forgetSecrets();
  const link = findLink(io.programName ?? 'tpks');
  const argv = expandVersionFlag(typed);
  const env = selectHome(readEnvironment(io.env), link);
  const root = await findRoot(link);
  if (argv[0] === '__complete') {
    const { completeLine } = await import('../completion/complete.js');
    return completeLine(argv.slice(1), { io, env, ...root, ...deps });
  }
  const invocation = { io, env, deps, root };
  if (link.name === 'uaac') return toUaacExitCode(await runUaac(argv, invocation));
  // A link always prints the text of the original tool, which scripts parse.
  if (!link.hasOriginalTexts && requestsVersion(argv)) {
    if (await printVersionDetails(argv, io, env)) return 0;
  }
  return runFrontEnd((parts) => new CommanderFrontEnd({ argv, ...parts }), invocation);
}

/**
 * Makes the original's variable select the session, because scripts set it to use several installations
 * side by side. `TPKS_HOME` takes precedence.
 * @see docs/contributing/servers/pks-cli.md#environment
 */
function selectHome(env: Environment, { home }: Link): Environment {
  const folder = home && env[home.variable];
  return home === undefined || folder === undefined || env.TPKS_HOME !== undefined
    ? env
    : { ...env, TPKS_HOME: `${folder}/${home.folder}` };
}

/**
 * Prints the version as JSON or YAML, because commander does not read options after `--version`.
 * @returns `false` if neither is requested; nothing is printed then.
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
  const layout = { imitatesPks: false, hasOriginalLayout: false };
  const terminal = createTerminal({ io, env, options: () => options, ...layout });
  await terminal.show({ json, text: [] });
  return true;
}

/**
 * Runs a command line of `uaac`. If `uaac` does not know the command or an option, `tpks uaa` runs it.
 * If `tpks uaa` does not know it either, the error of `uaac` is printed.
 */
async function runUaac(argv: readonly string[], invocation: Invocation): Promise<number> {
  const { parseLine, selectConfig, UaacFrontEnd } = await import('../uaac/front-end.js');
  const line = parseLine(argv);
  if ('unknownText' in line) {
    return runFrontEnd((parts) => new CommanderFrontEnd({ argv, ...line, ...parts }), invocation);
  }
  const env = selectConfig(invocation.env, line.options);
  return runFrontEnd((parts) => new UaacFrontEnd({ line, ...parts }), { ...invocation, env });
}

/** Turns the code of every failure into 1, as in the original. 3 (there are changes) and 130 (interrupted) stay. */
function toUaacExitCode(code: number): number {
  return [0, exitCodes.changes, exitCodes.cancelled].includes(code) ? code : exitCodes.failed;
}

interface Invocation {
  readonly io: RunIo;
  readonly env: Environment;
  readonly deps: RunDeps;
  readonly root: Root;
}

interface RunParts {
  readonly io: RunIo;
  readonly root: Root;
  readonly services: RunningServices;
  readonly help: HelpOutput;
  readonly isColored: (isTty: boolean) => boolean;
}

interface FrontEnd {
  /** The options of the command line; until it is parsed, the options read so far. */
  readonly globalOptions: () => GlobalOptions;
  readonly wantsJson: () => boolean;
  /** The words of the command, e.g. `['tpks', 'uaa', 'user', 'add']`. */
  readonly commandPath: () => readonly string[];
  /**
   * Runs the command.
   * @returns the exit code, if all output is printed.
   * @throws the error to print.
   */
  readonly run: () => Promise<number>;
}

/** Runs a command line until it has a result, fails or is interrupted, and prints the error. */
async function runFrontEnd(
  createFrontEnd: (parts: RunParts) => FrontEnd,
  { io, env, deps, root }: Invocation,
): Promise<number> {
  const { clock = systemClock, schedule = systemSchedule, send } = deps;
  const { platform } = io;
  const { link, rename } = root;
  const { imitatesPks, hasOriginalTexts: hasOriginalLayout } = link;
  const terminalDeps = { io, env, imitatesPks, hasOriginalLayout };
  const options = (): GlobalOptions => {
    const typed = frontEnd.globalOptions();
    return { ...typed, trace: typed.trace || isOn(env.TPKS_TRACE) };
  };
  const interrupts = new Interrupts(deps);
  const { ignoringCtrlC } = interrupts;
  const pager = createPager({ stdout: () => io.stdout, env, platform, options, ignoringCtrlC });
  const services = createServices({
    env,
    platform,
    clock,
    schedule,
    link,
    terminal: withRenamedCommands(createTerminal({ ...terminalDeps, options, pager }), rename),
    options,
    network: send,
    untilInterrupted: interrupts.wait,
  });
  const help = createHelpOutput(() => io.stdout, io.stdoutDescriptor, pager);
  const isColored = (isTty: boolean) => isColorEnabled({ isTty, env, color: options().color });
  const frontEnd = createFrontEnd({ io, root, services, help, isColored });
  const failed = watchForFailure(deps, () => frontEnd.commandPath().join(' '));
  try {
    const code = await Promise.race([frontEnd.run(), interrupts.cancelled, failed]);
    services.stopReport();
    return code;
  } catch (error) {
    const commandPath = frontEnd.commandPath();
    const { trace, color } = options();
    const explained = withClockWarning(await withSuggestion(error, services), services);
    const report = await createReport(explained, { commandPath, trace, rename });
    // Finish a token renewal in progress, so that its tokens are not lost.
    if (report.kind === 'cancelled') await services.settle();
    services.stopReport();
    await printReport(report, { json: frontEnd.wantsJson(), color, env }, io.stderr);
    return exitCodes[report.kind];
  }
}

/** How a run reacts to SIGINT (Ctrl-C) and SIGTERM. */
class Interrupts {
  /** Rejects on an interrupt, unless a command waits for it. */
  readonly cancelled: Promise<never>;
  private resolveWait: (() => void) | undefined;
  private ignoresCtrlC = false;

  constructor({ onInterrupt }: RunDeps) {
    this.cancelled = new Promise((_resolve, reject) => {
      onInterrupt?.((signal) => {
        if (this.ignoresCtrlC && signal === 'SIGINT') return;
        const { resolveWait } = this;
        // The command handles only the first interrupt, so that a second one can stop its cleanup.
        this.resolveWait = undefined;
        if (resolveWait) resolveWait();
        else reject(new TpksError('cancelled', 'Interrupted'));
      });
    });
  }

  /** Resolves on an interrupt, for commands that run until then. */
  readonly wait = (): Promise<void> => new Promise((resolve) => (this.resolveWait = resolve));

  readonly ignoringCtrlC = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    this.ignoresCtrlC = true;
    try {
      return await work();
    } finally {
      this.ignoresCtrlC = false;
    }
  };
}

/** Rejects after an uncaught exception, or if the event loop is empty, so that the command cannot finish. */
function watchForFailure(
  { onIdle, onUncaught }: RunDeps,
  commandName: () => string,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    onUncaught?.(reject);
    onIdle?.(() => {
      const message = `${commandName()} ended without a result`;
      reject(new TpksError('failed', message, { hint: bugHint }));
    });
  });
}

/** Adds similar names to an error about a name that does not exist. */
async function withSuggestion(error: unknown, services: Services): Promise<unknown> {
  if (!isTpksError(error) || error.unknownName === undefined) return error;
  const { withSimilarNames } = await import('./similar-names.js');
  return withSimilarNames(error, error.unknownName, services);
}

/** Adds a hint if a wrong clock may have caused the error: a rejected session or certificate. */
function withClockWarning(
  error: unknown,
  { serverClock }: Pick<RunningServices, 'serverClock'>,
): unknown {
  const skew = serverClock.findSkew();
  if (skew === undefined || !isTpksError(error)) return error;
  if (error.kind !== 'unauthenticated' && !isCertificateDateProblem(error)) return error;
  return rewordError(error, { nextHint: `${formatClockWarning(skew)}: correct it first` });
}
