/**
 * `npm run deb:check`: checks the deb in `out/packages` with lintian, and installs, uses and removes it
 * in a minimal Debian without Node and without a network.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../..', import.meta.url));
const { version } = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
);
const deb = join(repository, `out/packages/tpks_${version}-1_amd64.deb`);
if (!existsSync(deb)) throw new Error(`${deb} not found: run npm run packages`);

const codes = await Promise.all([
  run('lintian', '--allow-root', '--fail-on', 'error', deb),
  checkInstallation(),
]);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/** Runs deb-check.sh in a new root folder. */
async function checkInstallation() {
  const archive = await createArchive();
  const root = await mkdtemp(join(tmpdir(), 'tpks-deb-'));
  try {
    await execute('tar', ['-xf', archive, '-C', root, '--exclude=./dev/*']);
    return await run(
      'bwrap',
      ...['--bind', root, '/', '--proc', '/proc', '--dev', '/dev'],
      ...['--ro-bind', deb, '/tmp/tpks.deb'],
      ...['--ro-bind', join(repository, 'test/support/deb-check.sh'), '/tmp/check.sh'],
      // Without a network, only the loopback interface is left.
      ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--die-with-parent', '--clearenv'],
      // dpkg requires UID 0.
      ...(process.getuid?.() === 0 ? [] : ['--unshare-user', '--uid', '0', '--gid', '0']),
      ...['--setenv', 'PATH', '/usr/sbin:/usr/bin:/sbin:/bin', '--setenv', 'HOME', '/root'],
      ...['bash', '/tmp/check.sh', version],
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/**
 * Downloads a minimal Debian on first use.
 *
 * @returns the path of the tar archive.
 */
async function createArchive() {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const archive = join(cache, 'tpks-test/debian-bookworm.tar');
  if (existsSync(archive)) return archive;
  await mkdir(dirname(archive), { recursive: true });
  const part = `${archive}.${process.pid}`;
  await execute('mmdebstrap', ['--variant=minbase', '--format=tar', 'bookworm', part]);
  await rename(part, archive);
  return archive;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<unknown>} the exit code.
 */
async function run(command, ...args) {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  return code;
}
