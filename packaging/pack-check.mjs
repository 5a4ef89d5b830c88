/**
 * `npm run pack:check`: packs tpks, installs the tarball outside the repository as a user would,
 * and runs the main commands of the installed program.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('..', import.meta.url));

/** The files that the package may contain. */
const expectedFiles =
  /^package\/(package\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD_PARTY_NOTICES\.txt|bin\/(tpks\.js|package\.json)|man\/.+\.1|dist\/.+)$/;

const folder = await mkdtemp(join(tmpdir(), 'tpks-pack-'));
try {
  const readManifest = () => readFile(join(repository, 'package.json'), 'utf8');
  const manifest = await readManifest();
  const { name, version } = /** @type {{ name: string, version: string }} */ (JSON.parse(manifest));
  const tarball = join(folder, `${name}-${version}.tgz`);
  /** @type {string[]} */
  let manPages = [];

  await step('npm pack', async () => {
    await npm('pack', '--pack-destination', folder);
    const { stdout } = await execute('tar', ['tzf', tarball]);
    const unexpected = stdout.split('\n').filter((path) => path && !expectedFiles.test(path));
    assertEqual(unexpected, [], 'unexpected files in the package');
    const notices = 'package/THIRD_PARTY_NOTICES.txt';
    assertEqual(stdout.split('\n').includes(notices), true, `package contains ${notices}`);
    manPages = [...stdout.matchAll(/^package\/man\/(.+)$/gm)].map(([, page = '']) => page);
    assertEqual(manPages.includes('tpks-uaa-client-add.1'), true, 'the package has man pages');
    assertEqual(await readManifest(), manifest, 'package.json after npm pack');
  });
  await step('publint', async () => {
    const bytes = await readFile(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
      level: 'warning',
    });
    const warnings = messages.map((message) => formatMessage(message, pkg, { color: false }));
    assertEqual(warnings, [], 'warnings');
  });
  const prefix = join(folder, 'prefix');
  await step('npm install --global', async () => {
    await mkdir(prefix);
    await npm('install', '--global', '--prefix', prefix, '--prefer-offline', tarball);
    const linked = join(prefix, 'share/man/man1');
    const missing = manPages.filter((page) => !existsSync(join(linked, page)));
    assertEqual(missing, [], 'man pages that are not linked');
  });

  const user = await createUser(prefix);
  await step('tpks --version', async () => {
    const { stdout } = await tpks(user, ['--version']);
    assertEqual(stdout.trim(), `${name} ${version}`, 'printed version');
  });
  await step('tpks login and clusters, with the sandbox', () =>
    withSandbox(user, async ({ api, uaa, caCert }) => {
      const installation = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
      // Uses a key file, because the machine may have no keychain.
      const login = [
        'login',
        ...installation,
        '-u',
        'alana',
        '--store',
        'file',
        '--non-interactive',
      ];
      await tpks(user, login, { TPKS_PASSWORD: 'alana-password' });
      const { stdout } = await tpks(user, ['clusters', '--json']);
      const clusters = /** @type {unknown[]} */ (JSON.parse(stdout));
      assertEqual(clusters.length, 5, 'number of clusters');
    }),
  );
} catch (error) {
  const { message, stdout, stderr } = /** @type {Error & { stdout?: string, stderr?: string }} */ (
    error
  );
  // The other lines of the message come from stderr, which is printed below.
  console.error(`pack:check failed: ${message.split('\n')[0] ?? ''}`);
  for (const output of [stdout, stderr]) if (output) console.error(output.trimEnd());
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Runs a step and prints its title and duration.
 *
 * @param {string} title
 * @param {() => Promise<void>} body
 */
async function step(title, body) {
  const started = performance.now();
  try {
    await body();
  } catch (error) {
    if (error instanceof Error) error.message = `${title}: ${error.message}`;
    throw error;
  }
  console.log(`ok  ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

/**
 * Runs npm, and fails if it prints a warning, which users would also see.
 *
 * @param {string[]} args
 */
async function npm(...args) {
  const { stderr } = await execute('npm', args, { cwd: repository, timeout: 300_000 });
  const warnings = stderr.split('\n').filter((line) => /\bwarn\b/i.test(line));
  assertEqual(warnings, [], 'warnings of npm');
}

/** @typedef {{ command: string, env: Record<string, string> }} User */

/**
 * Creates the environment of a user who has only Node and the installed command.
 *
 * @param {string} prefix - where npm installed the command.
 * @returns {Promise<User>}
 */
async function createUser(prefix) {
  const home = join(folder, 'home');
  await mkdir(home);
  return {
    command: join(prefix, 'bin/tpks'),
    env: {
      PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      HOME: home,
      TPKS_HOME: join(home, 'tpks'),
    },
  };
}

/**
 * @param {User} user
 * @param {string[]} args
 * @param {Record<string, string>} extraEnv
 */
function tpks({ command, env }, args, extraEnv = {}) {
  return execute(command, args, { env: { ...env, ...extraEnv }, cwd: folder, timeout: 30_000 });
}

/**
 * Runs a function with the sandbox of the installed program.
 *
 * @param {User} user
 * @param {(sandbox: { api: string, uaa: string, caCert: string }) => Promise<void>} body
 */
async function withSandbox({ command, env }, body) {
  const ports = ['--api-port', '0', '--uaa-port', '0'];
  const sandbox = spawn(command, ['sandbox', '--json', ...ports, '--dir', join(folder, 'ca')], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(sandbox, 'exit');
  const lines = createInterface({ input: sandbox.stdout });
  try {
    const line = await Promise.race([
      once(lines, 'line').then(([text]) => String(text)),
      exited.then(([code]) =>
        Promise.reject(new Error(`sandbox exited with code ${String(code)}`)),
      ),
      rejectAfter(30_000, 'sandbox was not ready after 30 s'),
    ]);
    await body(/** @type {{ api: string, uaa: string, caCert: string }} */ (JSON.parse(line)));
    sandbox.kill('SIGINT');
    await Promise.race([exited, rejectAfter(5_000, 'sandbox was still running 5 s after Ctrl-C')]);
  } finally {
    sandbox.kill('SIGKILL');
  }
}

/**
 * @param {number} milliseconds
 * @param {string} message
 * @returns {Promise<never>}
 */
async function rejectAfter(milliseconds, message) {
  await sleep(milliseconds, undefined, { ref: false });
  throw new Error(message);
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} name - name of the value, for the error message.
 */
function assertEqual(actual, expected, name) {
  const [actualJson, expectedJson] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (actualJson !== expectedJson) {
    throw new Error(`${name}: ${actualJson} (expected ${expectedJson})`);
  }
}
