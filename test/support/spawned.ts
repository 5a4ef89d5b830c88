import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TpksResult } from './headless.js';

/** How a process ended, and what it wrote. */
export interface SpawnResult extends TpksResult {
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

export interface SpawnOptions {
  /** Added to the user's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Everything on stdin, which ends after it; nothing if absent. */
  readonly stdin?: string;
  /** The working directory; the user's home directory if absent. */
  readonly cwd?: string;
  /** A link to the program, because its name changes how it behaves. */
  readonly link?: string;
  /** A program that runs tpks, with its arguments, e.g. `['unshare', '-m']`. */
  readonly through?: readonly string[];
  /** Called once the process runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Whether tests run the program that `TPKS_TEST_BIN` names. */
export const isOtherProgram = Boolean(process.env['TPKS_TEST_BIN']);

/** The program that tests spawn: `bin/tpks.js`, or the one that `TPKS_TEST_BIN` names. */
export const bin =
  process.env['TPKS_TEST_BIN'] || fileURLToPath(new URL('../../bin/tpks.js', import.meta.url));

/**
 * The words that start the program: a script needs Node, a standalone binary does not.
 * @param path - the program, or a link to it.
 */
export function programWords(path = bin): [string, ...string[]] {
  return /\.[cm]?js$/.test(bin) ? [process.execPath, path] : [path];
}

/** How long a command may take before a test calls it hung. */
const limitMilliseconds = 30_000;

/** Pipes the output of tpks into a shell command; if tpks fails, so does the pipe. For `through`. */
export function pipeInto(command: string): readonly string[] {
  return ['bash', '-c', `set -o pipefail; "$@" | ${command}`, '_'];
}

/** Runs `tpks WORDS` in a process of its own, without a terminal. */
export async function spawnTpks(
  words: readonly string[],
  options: SpawnOptions,
): Promise<SpawnResult> {
  const { env = {}, stdin = '', cwd, link, through = [], started } = options;
  const [command = '', ...args] = [...through, ...programWords(link), ...words];
  const startedAt = performance.now();
  const child = spawn(command, args, { env, cwd, stdio: 'pipe' });
  started?.(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A command that reads no stdin may close it early.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const hung = setTimeout(() => child.kill('SIGKILL'), limitMilliseconds);
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      clearTimeout(hung);
      resolve({ code, signal, ...output, milliseconds: performance.now() - startedAt });
    });
  });
}
