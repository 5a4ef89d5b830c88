/**
 * Builds a kube-apiserver and kubectl 1.37 from Go modules, and unpacks kubectl 1.20 from a Debian
 * package, once, into a cache outside the repository. `node test/real-cluster/build.mjs` prints the
 * folder with the programs.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { reportMissingCommands } from '../support/runner/missing-commands.mjs';

const execute = promisify(execFile);

/** @typedef {{ apiServer: string, kubectl137: string, kubectl120: string }} Programs - their paths. */

/** The commands that a build needs, and how to install them. */
export const requiredCommands = {
  names: ['go', 'apt-get', 'dpkg-deb'],
  installation: 'Go 1.26 or later from https://go.dev/dl/; the others are part of Debian',
};

const source = fileURLToPath(new URL('server', import.meta.url));
const minimumGoMinor = 26;
/** Kubernetes gets its version from the linker. Without it, kubectl reports v0.0.0-master. */
const versionFlags = Object.entries({ gitVersion: 'v1.37.2', gitMajor: '1', gitMinor: '37' })
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ');
const buildOptions = ['-trimpath', '-buildvcs=false', `-ldflags=-s -w ${versionFlags}`];
const oldPackage = { name: 'kubernetes-client', version: 'v1.20.' };

const dayMilliseconds = 86_400_000;
/** Another branch may still need the programs of another version of the module. */
const unusedDays = 14;

/**
 * @returns {Promise<Programs>} the programs, which are built first if necessary. This takes about 8
 *   minutes on two idle cores, and about a minute if Go's build cache is warm.
 * @throws if the Go version is too old or a command fails.
 */
export async function buildPrograms() {
  const cache = join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'tpks-test/real-cluster',
  );
  const ready = join(cache, await computeKey());
  await mkdir(cache, { recursive: true });
  if (!(await exists(ready))) await build(cache, ready);
  const now = new Date();
  await utimes(ready, now, now);
  await removeUnused(cache);
  return {
    apiServer: join(ready, 'kube-apiserver'),
    kubectl137: join(ready, 'kubectl-1.37'),
    kubectl120: join(ready, 'kubectl-1.20'),
  };
}

/** Computes the name of the folder from everything that the programs depend on. */
async function computeKey() {
  const { stdout } = await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH']);
  const [, minor = '0'] = /^go1\.(\d+)/.exec(stdout) ?? [];
  if (Number(minor) < minimumGoMinor) {
    throw new Error(
      `Go 1.${minimumGoMinor} or later is required, and this is ${stdout.split('\n')[0]}: https://go.dev/dl/`,
    );
  }
  const hash = createHash('sha256').update(JSON.stringify([stdout, buildOptions, oldPackage]));
  for (const name of ['go.mod', 'go.sum', 'main.go']) {
    hash.update(await readFile(join(source, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} cache
 * @param {string} ready - the folder to create.
 */
async function build(cache, ready) {
  const started = performance.now();
  const incoming = await mkdtemp(join(cache, incomingPrefix));
  try {
    console.log('Unpacking kubectl 1.20');
    await unpackOldKubectl(incoming);
    console.log('Building kube-apiserver and kubectl 1.37 (the first build takes about 8 minutes)');
    await goBuild(join(incoming, 'kube-apiserver'), '.');
    await goBuild(join(incoming, 'kubectl-1.37'), 'k8s.io/kubernetes/cmd/kubectl');
    // Renaming is atomic, so two runs can build at the same time.
    await rename(incoming, ready).catch(async (/** @type {unknown} */ error) => {
      if (!(await exists(ready))) throw error;
    });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
  console.log(`Finished after ${Math.round((performance.now() - started) / 1000)} s`);
}

const incomingPrefix = 'incoming-';

/**
 * @param {string} output
 * @param {string} target - the package of the program.
 */
async function goBuild(output, target) {
  await run('go', ['build', ...buildOptions, '-o', output, target], {
    CGO_ENABLED: '0',
    GOWORK: 'off',
  });
}

/** @param {string} folder */
async function unpackOldKubectl(folder) {
  const download = join(folder, 'download');
  await mkdir(download);
  await run('apt-get', ['-q', 'download', oldPackage.name], {}, download).catch(
    (/** @type {unknown} */ error) => {
      throw new Error(`${errorMessage(error)}\nTry again after: apt-get update`, { cause: error });
    },
  );
  const [file = ''] = await readdir(download);
  await run('dpkg-deb', ['-x', file, 'root'], {}, download);
  const kubectl = join(folder, 'kubectl-1.20');
  await copyFile(join(download, 'root/usr/bin/kubectl'), kubectl);
  await rm(download, { recursive: true });
  const { stdout } = await run(kubectl, ['version', '--client', '--output=json']);
  if (!stdout.includes(`"gitVersion": "${oldPackage.version}`)) {
    throw new Error(
      `The package ${oldPackage.name} must contain kubectl 1.20, as in Debian 12. It contains:\n${stdout}`,
    );
  }
}

/**
 * Runs a command in the folder of the Go module.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] - added to the environment.
 * @param {string} [cwd]
 * @returns {Promise<{ stdout: string }>}
 */
async function run(command, args, env = {}, cwd = source) {
  try {
    return await execute(command, args, { cwd, env: { ...process.env, ...env } });
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (
      error
    );
    throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}${stderr}`.trim(), {
      cause: error,
    });
  }
}

/**
 * Removes programs that were not used for two weeks, and the folders of builds that were killed.
 *
 * @param {string} cache
 */
async function removeUnused(cache) {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const days = name.startsWith(incomingPrefix) ? 1 : unusedDays;
    // Another build may have renamed or removed the folder in the meantime.
    const lastUse = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (lastUse < Date.now() - days * dayMilliseconds) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** @param {unknown} error */
function errorMessage(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} path */
function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function main() {
  if (reportMissingCommands(requiredCommands.names, requiredCommands.installation)) return;
  const { apiServer, kubectl137, kubectl120 } = await buildPrograms();
  console.log([apiServer, kubectl137, kubectl120].join('\n'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main().catch((/** @type {unknown} */ error) => {
    console.error(errorMessage(error));
    process.exitCode = 1;
  });
}
