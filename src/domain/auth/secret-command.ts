import { isUtf8 } from 'node:buffer';
import type { ChildProcess } from 'node:child_process';
import { isAbsolute } from 'node:path';
import process from 'node:process';
import { TpksError } from '../../base/errors.js';
import { Secret } from '../../base/secret.js';
import { splitWords } from '../../base/shell-quote.js';
import { withoutSecrets, type Environment } from '../../platform/config/environment.js';
import { describeDiskError } from '../../platform/disk/disk-error.js';
import { absolutePath, findExecutable } from '../../platform/disk/find-executable.js';

interface SecretCommandInput {
  /** The option or variable that contains the command, for error messages. */
  readonly source: string;
  readonly env: Environment;
  /** Shorter in tests. */
  readonly limitSeconds?: number;
}

const maximumKibibytes = 64;

/**
 * Runs a program that prints a secret, such as a password manager, and returns the first line of its output. There is no
 * shell, its stdin is empty, and its stderr is shown. Error messages do not contain its arguments.
 * @param command - the program and its arguments, with the quoting rules of a POSIX shell.
 * @throws {TpksError} `usage` if the command is malformed; `unauthenticated` if the program fails or prints no secret.
 */
export async function runSecretCommand(
  command: string,
  { source, env, limitSeconds = 30 }: SecretCommandInput,
): Promise<Secret> {
  const words = splitWords(command);
  if (words === undefined) throw malformedError(source, 'a quote is not closed');
  const [program = '', ...args] = words;
  if (program === '') throw malformedError(source, 'it does not contain a program');
  if (/[/\\]/.test(program) && !isAbsolute(program)) {
    throw malformedError(source, `${program} is a relative path`);
  }
  const search = { env, platform: process.platform };
  const file = findExecutable(program, search);
  const result =
    file === undefined
      ? { problem: 'is not on PATH' }
      : await run([file, ...args], {
          env: { ...withoutSecrets(env), PATH: absolutePath(search) },
          limitSeconds,
        });
  const line = 'output' in result ? readFirstLine(result.output) : result;
  if ('secret' in line) return line.secret;
  throw new TpksError(
    'unauthenticated',
    `The command in ${source} failed: ${program} ${line.problem}`,
    {
      hint:
        file === undefined
          ? syntaxHint
          : 'run the command in a terminal: it must print the secret on the first line, and exit with 0',
    },
  );
}

const syntaxHint =
  "no shell is used: use a program on PATH or an absolute path, and quote words with spaces; for other syntax, use sh -c '...'";

function malformedError(source: string, problem: string): TpksError {
  return new TpksError('usage', `${source} is not a command: ${problem}`, { hint: syntaxHint });
}

interface Problem {
  /** Continues an error message, after the name of the program. */
  readonly problem: string;
}

function readFirstLine(output: Buffer): { readonly secret: Secret } | Problem {
  if (!isUtf8(output)) return { problem: 'printed text that is not UTF-8' };
  const [line = ''] = output.toString('utf8').split(/\r?\n/, 1);
  return line === ''
    ? { problem: 'printed no secret on the first line' }
    : { secret: new Secret(line) };
}

/** Runs a program until it ends or reaches a limit. */
async function run(
  [file, ...args]: readonly [string, ...string[]],
  { env, limitSeconds }: { readonly env: NodeJS.ProcessEnv; readonly limitSeconds: number },
): Promise<{ readonly output: Buffer } | Problem> {
  // Loaded here because it takes 3 ms in the standalone binary, and few commands need it.
  const { spawn } = await import('node:child_process');
  let child: ChildProcess | undefined;
  let problem: string | undefined;
  const end = (reason: string) => {
    problem ??= reason;
    if (child !== undefined) killGroup(child);
    child?.stdout?.destroy();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    end(`was stopped by ${signal}`);
    // Other code handles SIGINT and SIGTERM. Without this listener, the other signals would have ended tpks.
    if (signal !== 'SIGINT' && signal !== 'SIGTERM') process.kill(process.pid, signal);
  };
  // Registered before the program starts, so that the program cannot outlive this process.
  for (const signal of signals) process.once(signal, onSignal);
  const timer = setTimeout(end, limitSeconds * 1000, `did not finish within ${limitSeconds} s`);
  try {
    const output = await new Promise<Buffer>((resolve, reject) => {
      const started = spawn(file, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env,
        // A new process group, so that child processes of the program can be killed, too.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      child = started;
      const chunks: Buffer[] = [];
      let length = 0;
      started.stdout.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > maximumKibibytes * 1024) end(`printed more than ${maximumKibibytes} KiB`);
      });
      started.on('error', reject);
      started.on('close', (code, signal) => {
        if (code !== 0) problem ??= `exited with ${code ?? String(signal)}`;
        resolve(Buffer.concat(chunks));
      });
    });
    return problem === undefined ? { output } : { problem };
  } catch (error) {
    return { problem: `cannot be started: ${describeDiskError(error)}` };
  } finally {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** Signals that end tpks. The terminal does not send them to the program, because it has its own process group. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // On Windows, there are no process groups.
    child.kill('SIGKILL');
  }
}
