/**
 * `npm run pack:check`: packs tpks, installs the tarball as a user would, away from the tree,
 * and does the main job with what was installed.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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
const repository = fileURLToPath(new URL('../..', import.meta.url));

/** All that may be in the package: the command, its code, and what npm always adds. */
const shipped =
  /^package\/(package\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD_PARTY_NOTICES\.txt|bin\/(tpks\.js|package\.json)|dist\/.+)$/;

const folder = await mkdtemp(join(tmpdir(), 'tpks-pack-'));
try {
  const { name, version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const tarball = join(folder, `${name}-${version}.tgz`);

  await step('npm pack', async () => {
    await npm('pack', '--pack-destination', folder);
    const { stdout } = await execute('tar', ['tzf', tarball]);
    const strangers = stdout.split('\n').filter((path) => path && !shipped.test(path));
    equal(strangers, [], 'files that do not belong into the package');
    const notices = 'package/THIRD_PARTY_NOTICES.txt';
    equal(stdout.split('\n').includes(notices), true, `whether ${notices} is in it`);
  });
  await step('publint', async () => {
    const bytes = await readFile(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
      level: 'warning',
    });
    const told = messages.map((message) => formatMessage(message, pkg, { color: false }));
    equal(told, [], 'its warnings');
  });
  const prefix = join(folder, 'prefix');
  await step('npm install --global', async () => {
    await mkdir(prefix);
    await npm('install', '--global', '--prefix', prefix, '--prefer-offline', tarball);
  });

  const user = await userOf(prefix);
  await step('tpks --version', async () => {
    const { stdout } = await tpks(user, ['--version']);
    equal(stdout.trim(), `${name} ${version}`, 'the version it prints');
  });
  await step('login and clusters, against the sandbox', () =>
    withSandbox(user, async ({ api, uaa, caCert }) => {
      const at = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
      // The machine may have no keychain.
      const login = ['login', ...at, '-u', 'alana', '--store', 'file', '--non-interactive'];
      await tpks(user, login, { TPKS_PASSWORD: 'alana-password' });
      const { stdout } = await tpks(user, ['clusters', '--json']);
      equal(JSON.parse(stdout).length, 5, 'the clusters alana sees');
    }),
  );
} catch (error) {
  // The first line says which command failed; what follows in it is stderr, printed below.
  console.error(`pack:check failed: ${error.message.split('\n')[0]}`);
  for (const output of [error.stdout, error.stderr]) if (output) console.error(output.trimEnd());
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function step(title, body) {
  const started = performance.now();
  try {
    await body();
  } catch (error) {
    error.message = `${title}: ${error.message}`;
    throw error;
  }
  console.log(`ok  ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

function npm(...words) {
  return execute('npm', words, { cwd: repository, timeout: 300_000 });
}

/** Somebody who has nothing but Node and the installed command. */
async function userOf(prefix) {
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

function tpks({ command, env }, words, extraEnv = {}) {
  return execute(command, words, { env: { ...env, ...extraEnv }, cwd: folder, timeout: 30_000 });
}

async function withSandbox({ command, env }, body) {
  const ports = ['--api-port', '0', '--uaa-port', '0'];
  const sandbox = spawn(command, ['sandbox', '--json', ...ports, '--dir', join(folder, 'ca')], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(sandbox, 'exit').then(([code]) => {
    throw new Error(`the sandbox ended with code ${code}`);
  });
  ended.catch(() => undefined);
  try {
    const ready = once(createInterface({ input: sandbox.stdout }), 'line');
    const late = sleep(30_000, undefined, { ref: false }).then(() => {
      throw new Error('the sandbox was not ready after 30 s');
    });
    late.catch(() => undefined);
    const [line] = await Promise.race([ready, ended, late]);
    await body(JSON.parse(line));
    sandbox.kill('SIGINT');
    const deaf = sleep(5_000, 'deaf', { ref: false });
    const end = await Promise.race([ended.catch(() => 'ended'), deaf]);
    equal(end, 'ended', 'the sandbox, 5 s after Ctrl-C');
  } finally {
    sandbox.kill('SIGKILL');
  }
}

function equal(actual, expected, what) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is}, expected ${should}`);
}
