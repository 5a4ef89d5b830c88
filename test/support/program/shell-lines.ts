import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, jest } from '@jest/globals';
import { createUser, type TestUser } from './cli.js';
import type { TpksResult } from './headless.js';

/** Options for running a shell script. */
interface ShellOptions {
  /** The content of stdin; empty if absent. */
  readonly stdin?: string;
  /** Added to the environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A user with links to the program at the start of `PATH`. */
export interface ShellUser {
  /** The owner of the home directory, which is also the working directory of scripts. */
  readonly user: TestUser;
  /**
   * Runs a shell script without a terminal. If it starts with a simple tpks command, that command
   * runs in this process, and bash runs the commands after its pipe. Otherwise bash runs all of it.
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
  const cwd = dirname(user.home);
  return {
    user,
    shell: async (script, { stdin = '', env: more = {} } = {}) => {
      const allEnv = { ...base, ...more };
      const line = parseLine(script, allEnv);
      if (line === undefined) return runScript(script, { stdin, env: allEnv, cwd });
      const { programName, words, isStderrPiped, rest } = line;
      const result = await user.tpks(words, { stdin, env: allEnv, programName });
      const { code, stdout, stderr } = isStderrPiped
        ? { ...result, stdout: result.stderr + result.stdout, stderr: '' }
        : result;
      if (rest === undefined) return { code, stdout, stderr };
      const last = await runScript(rest, { stdin: stdout, env: allEnv, cwd });
      return { ...last, stderr: stderr + last.stderr };
    },
  };
}

/** A shell line that runs a tpks command and may pipe its output into other commands. */
interface Line {
  readonly programName: string;
  readonly words: readonly string[];
  /** Whether the line contains `2>&1`. */
  readonly isStderrPiped: boolean;
  /** The commands after the pipe. */
  readonly rest?: string;
}

// One character at a time: a nested repetition would be very slow for lines that do not match.
const wordPart = /'[^']*'|"(?:[^"\\$`]|\\["\\]|\$\w+)*"|\$\w+|[\w./:,=@?+-]/.source;
const word = `(?:${wordPart})+`;
const linePattern = new RegExp(
  `^(${linkNames.join('|')})((?: ${word})*?)( 2>&1)?(?: \\| ([^|][^]*))?$`,
);

/** @returns `undefined` if the line needs a shell. */
function parseLine(line: string, env: Required<ShellOptions>['env']): Line | undefined {
  const [, programName, args = '', redirection, rest] = linePattern.exec(line) ?? [];
  if (programName === undefined) return undefined;
  const parts = [...args.matchAll(new RegExp(wordPart, 'g'))].map(([part]) => part);
  // The shell omits or splits the value of a variable without quotes if it is empty or contains spaces.
  const isSplit = (part: string) =>
    part.startsWith('$') && !/^[^\s*?[\\]+$/.test(expandPart(part, env));
  if (parts.some(isSplit)) return undefined;
  const words = [...args.matchAll(new RegExp(word, 'g'))].map(([text]) =>
    text.replace(new RegExp(wordPart, 'g'), (part) => expandPart(part, env)),
  );
  return {
    programName,
    words,
    isStderrPiped: redirection !== undefined,
    ...(rest === undefined ? {} : { rest }),
  };
}

function expandPart(part: string, env: Required<ShellOptions>['env']): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  const text = part.startsWith('"') ? part.slice(1, -1) : part;
  return text.replace(
    /\\(.)|\$(\w+)/g,
    (_all, character?: string, name?: string) => character ?? env[name ?? ''] ?? '',
  );
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
