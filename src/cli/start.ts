import { basename } from 'node:path';
import { exitCodes } from '../base/errors.js';
import { findLink } from '../base/link.js';
import { writeToDescriptor } from '../platform/terminal/stdout.js';
import type { RunIo } from './run.js';

/** Runs the program in this process, and sets its exit code after all output is written. */
export function start(process: NodeJS.Process): void {
  // If the event loop becomes empty before the command has a result, this must not count as success.
  process.exitCode = 1;
  // Not `await`: the runtime of the standalone binary would then wait forever if the event loop becomes empty.
  void main(process).then((code) => {
    process.exitCode = code;
  });
}

/** Prints the version without loading the rest of the program. */
async function main(process: NodeJS.Process): Promise<number> {
  const argv = process.argv.slice(2);
  const programName = basename(process.argv[1] ?? '').replace(/\.(js|exe)$/, '');
  if (argv.length === 1 && ['--version', '-V', '-v'].includes(argv[0] ?? '')) {
    const rest = writeToDescriptor(1, `${findLink(programName).versionText}\n`);
    // If not all of it was written, the program writes the version again and reports the error.
    if (rest.length === 0) return 0;
  }
  return runInProcess(process, argv, programName);
}

/** Connects a run to the streams, signals and exit of the process. */
async function runInProcess(
  process: NodeJS.Process,
  argv: readonly string[],
  programName: string,
): Promise<number> {
  const { run } = await import('./run.js');
  const code = await run(argv, createIo(process, programName), {
    onInterrupt: (listener) => process.on('SIGINT', listener).on('SIGTERM', listener),
    onIdle: (listener) => process.on('beforeExit', listener),
    onUncaught: (listener) => process.on('uncaughtException', listener),
  });
  // An exception after the result must not be ignored.
  process.removeAllListeners('uncaughtException');
  // After an interruption, the command must not send or print anything else.
  if (code === exitCodes.cancelled) process.exit(code);
  // A native call that timed out, or an idle connection, must not delay the exit.
  setTimeout(() => process.exit(code), 300).unref();
  return code;
}

/** Opens each stream on first use, because opening stdin takes several milliseconds. */
function createIo(process: NodeJS.Process, programName: string): RunIo {
  return {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return withErrorListener(process.stdout);
    },
    get stderr() {
      return withErrorListener(process.stderr);
    },
    env: process.env,
    platform: process.platform,
    programName,
    stdoutDescriptor: 1,
  };
}

/** The code that writes handles the errors, but without a listener they would crash the process. */
function withErrorListener(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.listeners('error').includes(ignoreError) ? stream : stream.on('error', ignoreError);
}

function ignoreError(): void {
  // See `withErrorListener`.
}
