/** Runs the sandbox and the commands of the demo in a temporary folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from '../tools/build-if-needed.mjs';
import { bold, hasColor, print } from './demo-output.mjs';

/** @typedef {{ api: string, uaa: string, caCert: string, users: { name: string }[] }} SandboxInfo */
/** @typedef {{ code: number | null, stdout: string, stderr: string }} CommandResult */

if (!process.env['TPKS_TEST_BIN']) buildIfNeeded();
/** The command that users type to start tpks; `TPKS_TEST_BIN` can be a standalone binary. */
export const startCommand = process.env['TPKS_TEST_BIN'] ?? 'node bin/tpks.js';
const [program, ...script] = process.env['TPKS_TEST_BIN']
  ? /** @type {const} */ ([resolve(process.env['TPKS_TEST_BIN'])])
  : [process.execPath, fileURLToPath(new URL('../bin/tpks.js', import.meta.url))];
/** The working directory of the commands. */
export const folder = await mkdtemp(join(tmpdir(), 'tpks-demo-'));
/** The log of the sandbox. */
export const log = join(folder, 'requests.jsonl');
/** Without the user's own settings, except for those that locate the keychain. */
export const base = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(TPKS_|PKS_|HTTPS?_PROXY$|NODE_EXTRA_CA_CERTS$|SSL_CERT_)/i.test(name),
  ),
);
/** @type {NodeJS.ProcessEnv & { TPKS_HOME: string }} */
export const env = {
  ...base,
  TPKS_HOME: join(folder, 'home'),
  // Its folder is in the home directory, where the demo leaves no files.
  NODE_DISABLE_COMPILE_CACHE: '1',
};

/** The commands that are running. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Starts tpks in the folder of the demo.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [commandEnv]
 */
function start(args, commandEnv = env) {
  const child = spawn(program, [...script, ...args], {
    ...{ cwd: folder, env: commandEnv, stdio: 'pipe' },
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  // The command may exit without reading its input.
  child.stdin.on('error', () => undefined);
  return child;
}

/** @param {number} tokenSeconds - the lifetime of access tokens. */
export async function startSandbox(tokenSeconds) {
  const command = `sandbox --api-port 0 --uaa-port 0 --dir sandbox --token-seconds ${tokenSeconds} --json --log ${relative(folder, log)}`;
  print(bold(`$ tpks ${command} &`));
  const child = start(command.split(' '));
  child.stdin.end();
  const exited = once(child, 'exit');
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (stderr += chunk));
  const [line] = /** @type {[string?]} */ (
    await Promise.race([
      once(createInterface(child.stdout), 'line'),
      exited.then(() => []),
      sleep(20_000, [], { ref: false }),
    ])
  );
  if (line === undefined) throw new Error(`the sandbox did not start: ${stderr}`);
  const { api, uaa, caCert, users } = /** @type {SandboxInfo} */ (JSON.parse(line));
  print(`  API ${api}`, `  UAA ${uaa}`, `  users ${users.map(({ name }) => name).join(', ')}`);
  return { api, uaa, caCert };
}

/**
 * Runs tpks as a shell would, and prints the command and its output.
 *
 * @param {string} command
 * @param {object} options
 * @param {string} [options.stdin]
 * @param {number[]} [options.exitCodes] - the exit codes that are expected.
 * @param {boolean} [options.isQuiet] - do not print the output.
 * @param {boolean} [options.isCompletion] - complete the command instead of running it.
 * @param {{ command: string, apply: (stdout: string) => string }} [options.filter] - printed
 *   as a pipe and applied to the output.
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<CommandResult>}
 */
export async function tpks(command, options = {}) {
  const { stdin, exitCodes = [0], isQuiet = false, isCompletion = false, filter } = options;
  const prefix = stdin === undefined ? '' : `echo ${stdin} | `;
  const suffix = isCompletion ? '<TAB>' : filter ? ` | ${filter.command}` : '';
  print(bold(`$ ${prefix}tpks ${command}${suffix}`));
  const args = command.split(' ');
  const child = start(isCompletion ? ['__complete', '--', ...args] : args, {
    ...(options.env ?? env),
    ...(hasColor ? { FORCE_COLOR: '1' } : {}),
  });
  child.stdin.end(stdin === undefined ? '' : `${stdin}\n`);
  const isShownLive = !isQuiet && !filter && !isCompletion;
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    stdout += chunk;
    if (isShownLive) process.stdout.write(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
    stderr += chunk;
    if (isShownLive) process.stdout.write(chunk);
  });
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  if (filter) process.stdout.write(filter.apply(stdout));
  // Without the directive for the shell script.
  if (isCompletion) process.stdout.write(stdout.replace(/^:\w+$\n/m, ''));
  if (code === null || !exitCodes.includes(code)) {
    const reason = isShownLive ? '' : `: ${stderr.trim()}`;
    throw new Error(`tpks ${command} exited with code ${String(code)}${reason}`);
  }
  return { code, stdout, stderr };
}

/**
 * Stops the sandbox and the other commands, and deletes all files.
 *
 * @param {object} options
 * @param {boolean} options.isComplete - whether the demo has logged out.
 */
export async function cleanUp({ isComplete }) {
  await stopCommands();
  // The keychain may still contain keys of the demo's contexts.
  if (!isComplete) {
    const child = start(['logout', '--all']);
    child.stdout.resume();
    child.stderr.resume();
    child.stdin.end();
    await once(child, 'close');
  }
  await rm(folder, { recursive: true, force: true });
}

async function stopCommands() {
  const ends = [...running].map(async (child) => {
    const closed = once(child, 'close');
    child.kill('SIGINT');
    const timeout = setTimeout(() => child.kill('SIGKILL'), 5000);
    await closed;
    clearTimeout(timeout);
  });
  await Promise.all(ends);
}
