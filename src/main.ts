import { basename } from 'node:path';
import { versionText } from './version.js';

/**
 * The edge of the process: streams, signals, and every error as a message and an exit code.
 * @returns the exit code, once the answer is written.
 */
export async function main(process: NodeJS.Process): Promise<number> {
  const words = process.argv.slice(2);
  if (words.length === 1 && ['--version', '-V', '-v'].includes(words[0] ?? '')) {
    process.stdout.write(`${versionText(basename(process.argv[1] ?? '', '.js'))}\n`);
    return 0;
  }
  const { runCli } = await import('./cli.js');
  return runCli(process, words);
}
