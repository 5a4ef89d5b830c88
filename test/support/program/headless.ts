import { PassThrough, Writable } from 'node:stream';
import { systemClock, type Clock } from '../../../src/base/clock.js';
import type { RunDeps } from '../../../src/cli/run.js';
import { loadBundled } from './load-bundled.js';

/** The exit code and output of a command. */
export interface TpksResult {
  /** `null` if a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The result of a command that ran in this process. */
export interface HeadlessResult extends TpksResult {
  readonly code: number;
}

/** The words of a login as `cody` at the API `https://pks.test:9021`, with the file store. */
export const loginCommand = [
  ...['login', '-a', 'https://pks.test:9021', '-u', 'cody', '-p', 'pass-word', '--store', 'file'],
];

/** Options of a run in this process. */
export interface HeadlessOptions extends RunDeps {
  /** All environment variables; `undefined` means that a variable is not set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The content of stdin; empty if absent. */
  readonly stdin?: string;
  /** The working directory; if absent, the working directory of this process. */
  readonly cwd?: string;
  /** Makes all three streams look like a terminal with this number of columns. */
  readonly terminalColumns?: number;
  /** Called with each piece of output on stderr as it is written. */
  readonly onStderr?: (text: string) => void;
  /** The name that the program is run as; `tpks` if absent. */
  readonly programName?: string;
}

let running: string | undefined;

/** Runs the program in this process, with streams in memory. Runs must not overlap. */
export async function runHeadless(
  words: readonly string[],
  { cwd, ...options }: HeadlessOptions,
): Promise<HeadlessResult> {
  if (running !== undefined) throw new Error(`"${running}" is still running: use spawn`);
  running = words.join(' ');
  const ownDirectory = process.cwd();
  if (cwd !== undefined) process.chdir(cwd);
  try {
    return await runWithStreams(words, options);
  } finally {
    process.chdir(ownDirectory);
    running = undefined;
  }
}

async function runWithStreams(
  words: readonly string[],
  { env = {}, stdin = '', terminalColumns, onStderr, programName, ...deps }: HeadlessOptions,
): Promise<HeadlessResult> {
  const terminal =
    terminalColumns === undefined
      ? {}
      : { isTTY: true, columns: terminalColumns, setRawMode: () => undefined };
  const input = new PassThrough();
  input.end(stdin);
  const stdout = collectOutput();
  const stderr = collectOutput(onStderr);
  const io = {
    stdin: Object.assign(input, terminal),
    stdout: Object.assign(stdout.stream, terminal),
    stderr: Object.assign(stderr.stream, terminal),
    env,
    platform: process.platform,
    ...(programName === undefined ? {} : { programName }),
  };
  const { run } = await loadBundled();
  const code = await run(words, io, { clock: backgroundClock, ...deps });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** The system clock, with timers that do not keep this process running after the tests. */
const backgroundClock: Clock = {
  ...systemClock,
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, milliseconds).unref();
    }),
};

/** Creates a stream, and a function that returns the text that was written to it. */
export function collectOutput(onChunk: (text: string) => void = () => undefined) {
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
