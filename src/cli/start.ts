import { basename } from 'node:path';
import { formatVersionOutput } from '../base/version.js';
import { writeToDescriptor } from '../platform/terminal/stdout.js';

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
    const rest = writeToDescriptor(1, `${formatVersionOutput(programName)}\n`);
    // If not all of it was written, the program writes the version again and reports the error.
    if (rest.length === 0) return 0;
  }
  const { runCli } = await import('./process.js');
  return runCli(process, argv, programName);
}
