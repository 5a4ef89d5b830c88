import { exitCodes } from './errors.js';
import { run, type RunIo } from './run.js';

/**
 * Connects the program to the process: its streams, signals and exit.
 * Everything that always runs is bundled with this file: each extra file costs a millisecond.
 *
 * @returns the exit code, once all output is written.
 */
export async function runCli(
  process: NodeJS.Process,
  argv: readonly string[],
  programName: string,
): Promise<number> {
  const code = await run(argv, createIo(process, programName), {
    onInterrupt: (listener) => process.on('SIGINT', listener).on('SIGTERM', listener),
    onIdle: (listener) => process.on('beforeExit', listener),
  });
  // An interrupted command must not send or print anything more.
  if (code === exitCodes.cancelled) process.exit(code);
  // A native call that timed out, or an idle connection, must not delay the exit.
  setTimeout(() => process.exit(code), 300).unref();
  return code;
}

/** The streams are opened on first use: opening stdin alone takes several milliseconds. */
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

/** A failed write is handled where it is made; without a listener it would also crash the process. */
function withErrorListener(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.listeners('error').includes(ignoreError) ? stream : stream.on('error', ignoreError);
}

function ignoreError(): void {
  // See `guarded`.
}
