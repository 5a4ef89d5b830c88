import { exitCodes } from '../base/errors.js';
import { run, type RunIo } from './run.js';

/**
 * Connects the program to the streams, signals and exit of the process.
 * Modules that every command needs are bundled with this file, because each extra file takes a
 * millisecond to load.
 *
 * @returns the exit code, after all output is written.
 */
export async function runCli(
  process: NodeJS.Process,
  argv: readonly string[],
  programName: string,
): Promise<number> {
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
