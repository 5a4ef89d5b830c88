import { execFile } from 'node:child_process';
import { withoutSecrets, type Environment } from '../config/environment.js';
import { findExecutable } from '../disk/find-executable.js';

export interface ProgramOutput {
  /** `undefined` if the program was not found, was killed or could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly hasTimedOut: boolean;
}

/** Runs a program without input and without the secrets in the environment. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  seconds: number,
) => Promise<ProgramOutput>;

const maximumBytes = 1024 * 1024;

/** Creates a function that runs a program, and kills it after a time limit. */
export function createRunProgram(system: {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
}): RunProgram {
  return (name, args, seconds) =>
    new Promise((resolve) => {
      const program = findExecutable(name, system);
      if (program === undefined) {
        resolve({ code: undefined, stdout: '', hasTimedOut: false });
        return;
      }
      const child = execFile(
        program,
        [...args],
        {
          env: withoutSecrets(system.env),
          timeout: seconds * 1000,
          killSignal: 'SIGKILL',
          maxBuffer: maximumBytes,
          windowsHide: true,
        },
        (error, stdout) => {
          const code = error === null ? 0 : error.code;
          resolve({
            code: typeof code === 'number' ? code : undefined,
            stdout,
            hasTimedOut: error?.killed === true && error.signal === 'SIGKILL',
          });
        },
      );
      child.stdin?.end();
    });
}
