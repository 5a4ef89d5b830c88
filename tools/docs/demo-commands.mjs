/** Runs the sandbox and the commands of the demo in a temporary folder, and prints their output. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { buildIfNeeded } from '../build-if-needed.mjs';

/** @typedef {{ api: string, uaa: string, caCert: string, users: { name: string }[] }} SandboxInfo */

const hasColor = process.stdout.isTTY && !process.env.NO_COLOR;

buildIfNeeded();
const program = fileURLToPath(new URL('../../bin/tpks.js', import.meta.url));
/** The working directory of the commands. */
export const folder = await mkdtemp(join(tmpdir(), 'tpks-demo-'));
/** @type {NodeJS.ProcessEnv & { TPKS_HOME: string }} */
export const env = {
  // Without the user's own settings, except for those that locate the keychain.
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(TPKS_|PKS_|HTTPS?_PROXY$|NODE_EXTRA_CA_CERTS$|SSL_CERT_)/i.test(name),
    ),
  ),
  TPKS_HOME: join(folder, 'home'),
  // The cache is in the home directory, where the demo must not create files.
  NODE_DISABLE_COMPILE_CACHE: '1',
  ...(hasColor ? { FORCE_COLOR: '1' } : {}),
};

/** @type {Set<import('node:child_process').ChildProcess>} */
const runningCommands = new Set();
let isEnding = false;

for (const [signal, code] of /** @type {const} */ ([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(signal, () => void end(code));
}
// The program that reads the output, e.g. `head`, has exited. 141 is the exit code after SIGPIPE.
process.stdout.on('error', () => void end(141));

/** @param {string[]} lines */
export function print(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/**
 * @param {Parameters<typeof styleText>[0]} format
 * @param {string[]} lines
 */
export function printStyled(format, ...lines) {
  print(...(hasColor ? lines.map((line) => styleText(format, line)) : lines));
}

/** @param {string[]} lines */
export function explain(...lines) {
  printStyled('dim', ...lines.map((line) => `# ${line}`));
}

/** @param {string} command */
export function printCommand(command) {
  printStyled('bold', `$ ${command}`);
}

/**
 * @param {boolean} isTrue
 * @param {string} statement - what must be true, as a sentence.
 */
export function expect(isTrue, statement) {
  if (!isTrue) throw new Error(`expected that ${statement}`);
}

/**
 * @param {string} command - `tpks` or another program, and its arguments.
 * @param {NodeJS.ProcessEnv} [commandEnv]
 */
function start(command, commandEnv = env) {
  const [name = '', ...args] = command.split(' ');
  const options = { cwd: folder, env: commandEnv };
  const child =
    name === 'tpks'
      ? spawn(process.execPath, [program, ...args], options)
      : spawn(name, args, options);
  runningCommands.add(child);
  child.once('close', () => runningCommands.delete(child));
  // The command may exit without reading its input.
  child.stdin.on('error', () => undefined);
  return child;
}

/**
 * @param {string} options
 * @returns {Promise<SandboxInfo>}
 */
export async function startSandbox(options) {
  const command = `tpks sandbox --api-port 0 --uaa-port 0 --dir sandbox --json ${options}`;
  printCommand(`${command} &`);
  const child = start(command);
  child.stdin.end();
  child.stderr.pipe(process.stderr);
  const [line] = /** @type {[string?]} */ (
    await Promise.race([
      once(createInterface(child.stdout), 'line'),
      once(child, 'exit').then(() => []),
      sleep(20_000, [], { ref: false }),
    ])
  );
  if (line === undefined) throw new Error('the sandbox did not start');
  return /** @type {SandboxInfo} */ (JSON.parse(line));
}

/**
 * Runs a command as a shell would, and prints it with its output.
 *
 * @param {string} command
 * @param {object} [options]
 * @param {string} [options.shownAs] - printed instead of the command.
 * @param {string} [options.stdin]
 * @param {number[]} [options.exitCodes] - the exit codes that are expected.
 * @param {boolean} [options.isQuiet] - do not print the output.
 * @param {NodeJS.ProcessEnv} [options.env]
 */
export async function run(command, options = {}) {
  const { shownAs = command, stdin, exitCodes = [0], isQuiet = false } = options;
  printCommand(`${stdin === undefined ? '' : `echo ${stdin} | `}${shownAs}`);
  const child = start(command, options.env);
  child.stdin.end(stdin === undefined ? '' : `${stdin}\n`);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    stdout += chunk;
    if (!isQuiet) process.stdout.write(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    stderr += chunk;
    if (!isQuiet) process.stdout.write(chunk);
  });
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  if (code === null || !exitCodes.includes(code)) {
    const reason = isQuiet ? `: ${stderr.trim()}` : '';
    throw new Error(`${command} exited with code ${String(code)}${reason}`);
  }
  return { code, stdout };
}

/**
 * Stops all commands, deletes all files, and exits. Only the first call has an effect.
 *
 * @param {number} code - the exit code.
 * @param {string} [reason] - why the demo failed.
 */
export async function end(code, reason) {
  if (isEnding) return;
  isEnding = true;
  process.exitCode = code;
  if (reason !== undefined) printStyled('red', '', `The demo failed: ${reason}`);
  await Promise.all([...runningCommands].map(stop));
  // The keychain may still contain keys of the demo's contexts.
  if (code !== 0) {
    const child = start('tpks logout --all');
    child.stdout.resume();
    child.stderr.resume();
    child.stdin.end();
    await once(child, 'close');
  }
  await rm(folder, { recursive: true, force: true });
  // After an interruption, exit now, so that the next step does not run. Otherwise, wait for pending output.
  if (code > 1) process.exit();
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  const closed = once(child, 'close');
  child.kill('SIGINT');
  const timeout = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(timeout);
}
