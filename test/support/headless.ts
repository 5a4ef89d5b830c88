import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from '@jest/globals';
import { systemClock, type Clock } from '../../src/clock.js';
import { run, type RunDeps } from '../../src/run.js';

/** What a caller sees of a command that ran in this process. */
export interface HeadlessResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Logs `cody` in at the API `https://pks.test:9021`, with the file store. */
export const loginWords = [
  ...['login', '-a', 'https://pks.test:9021', '-u', 'cody', '-p', 'pass-word', '--store', 'file'],
];

export interface HeadlessOptions extends RunDeps {
  /** Added to the user's environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Everything on stdin, which ends after it; nothing if absent. */
  readonly stdin?: string;
  /** Makes all three streams look like a terminal of this many columns. */
  readonly terminalColumns?: number;
  /** Called with each piece of output on stderr as it is written. */
  readonly onStderr?: (text: string) => void;
  /** The name that the program is called by; `tpks` if absent. */
  readonly programName?: string;
}

/** A user with a home directory of their own, whose commands run in this process. */
export interface HeadlessUser {
  /** `TPKS_HOME`. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `tpks WORDS`. Runs of one process must not overlap. */
  readonly tpks: (words: readonly string[], options?: HeadlessOptions) => Promise<HeadlessResult>;
}

// The program loads its parts in parallel, and jest cannot link a module twice at the same time.
beforeAll(async () => {
  const source = fileURLToPath(new URL('../../src/', import.meta.url));
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!/^(?!sandbox|main)[^.]+\.ts$/.test(file)) continue;
    await import(`../../src/${file.replaceAll('\\', '/').replace(/\.ts$/, '.js')}`);
  }
}, 120_000);

const roots: string[] = [];
afterAll(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** @returns a new user; their home directory is removed after the tests of the file. */
export function createHeadlessUser(): HeadlessUser {
  const root = mkdtempSync(join(tmpdir(), 'tpks-headless-'));
  roots.push(root);
  const home = join(root, 'tpks');
  const env = { HOME: root, TPKS_HOME: home, LANG: 'C.UTF-8' };
  return {
    home,
    env,
    tpks: (words, options = {}) =>
      runHeadless(words, { ...options, env: { ...env, ...options.env } }),
  };
}

/** Runs the program in this process, with streams in memory. */
export async function runHeadless(
  words: readonly string[],
  { env = {}, stdin = '', terminalColumns, onStderr, programName, ...deps }: HeadlessOptions,
): Promise<HeadlessResult> {
  const terminal =
    terminalColumns === undefined
      ? {}
      : { isTTY: true, columns: terminalColumns, setRawMode: () => undefined };
  const input = new PassThrough();
  input.end(stdin);
  const stdout = collected();
  const stderr = collected(onStderr);
  const io = {
    stdin: Object.assign(input, terminal),
    stdout: Object.assign(stdout.stream, terminal),
    stderr: Object.assign(stderr.stream, terminal),
    env,
    platform: process.platform,
    ...(programName === undefined ? {} : { programName }),
  };
  const code = await run(words, io, { clock: backgroundClock, ...deps });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** The system clock, with timers that do not keep the process alive after the tests. */
const backgroundClock: Clock = {
  ...systemClock,
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds).unref();
    }),
};

/** A stream that keeps what is written to it. */
export function collected(onChunk: (text: string) => void = () => undefined) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      onChunk(chunk.toString());
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
