import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, jest } from '@jest/globals';
import { createUser, type TestUser } from './cli.js';
import type { TpksResult } from './headless.js';

/** Options of a run of a shell script. */
interface ShellOptions {
  /** The content of stdin; empty if absent. */
  readonly stdin?: string;
  /** Added to the environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A user whose `PATH` starts with links to the program. */
export interface ShellUser {
  /** The owner of the home directory, which is also the working directory of scripts. */
  readonly user: TestUser;
  /**
   * Runs a shell script with `bash -c`, without a terminal.
   * @throws Error if the script does not finish in time; its processes are killed.
   */
  readonly shell: (script: string, options?: ShellOptions) => Promise<TpksResult>;
}

/** A shell line, its stdout and its exit code. The time limit stops a loop that never ends. */
export type ShellLine = readonly [line: string, stdout: string | RegExp, code?: number];

/** Runs a shell line and compares its result. */
export async function expectResult(
  { shell }: ShellUser,
  [line, stdout, code = 0]: ShellLine,
): Promise<void> {
  expect(await shell(line)).toMatchObject({
    stdout: typeof stdout === 'string' ? stdout : expect.stringMatching(stdout),
    code,
  });
}

/** The tools that tpks replaces. */
const linkNames = ['pks', 'tkgi', 'uaac'] as const;

// Time limit for each test in files that import this module.
jest.setTimeout(60_000);

/** Shorter than the time limit of a test, so that the error shows the script and its output. */
const limitMilliseconds = 50_000;

/**
 * Creates a user with a separate home directory, the file store, and links named `pks`, `tkgi` and
 * `uaac` in `PATH`.
 *
 * @param env - additional environment variables of all scripts, e.g. the addresses of a sandbox.
 */
export function createShellUser(env: ShellOptions['env'] = {}): ShellUser {
  const user = createUser();
  const folders = new Set(linkNames.map((name) => dirname(user.link(name))));
  const base = {
    ...user.env,
    PATH: [...folders, user.env['PATH'] ?? ''].join(':'),
    TPKS_STORE: 'file',
    ...env,
  };
  return {
    user,
    shell: (script, { stdin = '', env: more = {} } = {}) =>
      runScript(script, { stdin, env: { ...base, ...more }, cwd: dirname(user.home) }),
  };
}

function runScript(
  script: string,
  { stdin, env, cwd }: Required<ShellOptions> & { readonly cwd: string },
): Promise<TpksResult> {
  // A separate process group, because the programs that a script started survive their shell.
  const child = spawn('bash', ['-c', script], { env, cwd, detached: true });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  // A script that does not read stdin may close it early.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      reject(new Error(`${script}\ndid not finish in time\n${JSON.stringify(output)}`));
    }, limitMilliseconds);
    child.on('error', reject).on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
}
