/**
 * `npm run deb:check`: checks the deb in `out/packages` with lintian, and installs, uses and removes it
 * in a minimal Debian without Node and without a network. The same checks must fail for broken
 * packages.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('..', import.meta.url));
const { version } = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
);
const deb = join(repository, `out/packages/tpks_${version}-1_amd64.deb`);
if (!existsSync(deb)) throw new Error(`${deb} not found: run npm run packages`);

/**
 * @typedef {object} BrokenPackage
 * @property {(path: string) => Promise<Result>} check
 * @property {string} error - what the check prints.
 * @property {(folder: string) => Promise<void>} damage - changes the files of the package.
 */

/**
 * Broken packages, by their fault. Each one must fail its check.
 *
 * @type {Readonly<Record<string, BrokenPackage>>}
 */
const brokenPackages = {
  'another program': {
    check: checkInstallation,
    error: 'tpks --version prints tpks 0.0.1',
    damage: () => Promise.resolve(),
  },
  'no copyright file': {
    check: checkWithLintian,
    error: 'E: tpks: no-copyright-file',
    damage: (folder) => rm(join(folder, 'usr/share/doc/tpks/copyright')),
  },
};

const folder = await mkdtemp(join(tmpdir(), 'tpks-deb-'));
try {
  const contents = await unpackWithoutProgram();
  const oldDeb = await build(contents, 'old', async (copy) => {
    await replaceInFile(join(copy, 'DEBIAN/control'), /^Version: .*$/m, 'Version: 0.0.1-1');
    await appendFile(join(copy, 'usr/share/doc/tpks/only-in-old-versions'), 'old\n');
  });
  const results = await Promise.all([checkWithLintian(deb), checkInstallation(deb, oldDeb)]);
  for (const { output } of results) process.stdout.write(output);
  let isGood = results.every(({ code }) => code === 0);
  for (const [fault, { check, error, damage }] of Object.entries(brokenPackages)) {
    const { code, output } = await check(await build(contents, fault, damage));
    if (code !== 0 && output.includes(error)) {
      console.log(`ok  a package with ${fault} is rejected`);
    } else {
      isGood = false;
      console.error(`${output}A package with ${fault} is not rejected with: ${error}`);
    }
  }
  process.exitCode = isGood ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Unpacks the deb, and replaces the program, which is 120 MB large, with a small one.
 *
 * @returns the folder with the files.
 */
async function unpackWithoutProgram() {
  const contents = join(folder, 'contents');
  await execute('dpkg-deb', ['-R', deb, contents]);
  await writeFile(join(contents, 'usr/bin/tpks'), '#!/bin/sh\necho "tpks 0.0.1"\n');
  return contents;
}

/**
 * @param {string} contents - the folder with the files of the package.
 * @param {string} name
 * @param {(copy: string) => Promise<void>} change - what to change in a copy of the folder.
 * @returns the path of the new deb.
 */
async function build(contents, name, change) {
  const copy = join(folder, name);
  await cp(contents, copy, { recursive: true });
  await change(copy);
  const path = `${copy}.deb`;
  await execute('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '-b', copy, path]);
  return path;
}

/**
 * @param {string} path
 * @param {RegExp} pattern
 * @param {string} replacement
 */
async function replaceInFile(path, pattern, replacement) {
  const text = await readFile(path, 'utf8');
  if (!pattern.test(text)) throw new Error(`${path} does not contain ${String(pattern)}`);
  await writeFile(path, text.replace(pattern, replacement));
}

/** @param {string} path */
function checkWithLintian(path) {
  return run('lintian', '--allow-root', '--fail-on', 'error', path);
}

/**
 * Runs deb-check.sh in a new root folder.
 *
 * @param {string} path
 * @param {string} [oldPath] - a package to install before.
 */
async function checkInstallation(path, oldPath) {
  const archive = await createArchive();
  const root = await mkdtemp(join(folder, 'root-'));
  await execute('tar', ['-xf', archive, '-C', root, '--exclude=./dev/*']);
  return run(
    'bwrap',
    ...['--bind', root, '/', '--proc', '/proc', '--dev', '/dev'],
    ...['--ro-bind', path, '/tmp/tpks.deb'],
    ...(oldPath === undefined ? [] : ['--ro-bind', oldPath, '/tmp/old.deb']),
    ...['--ro-bind', join(repository, 'packaging/deb-check.sh'), '/tmp/check.sh'],
    // Removes the network, except for the loopback interface.
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--die-with-parent', '--clearenv'],
    // dpkg requires UID 0.
    ...(process.getuid?.() === 0 ? [] : ['--unshare-user', '--uid', '0', '--gid', '0']),
    ...['--setenv', 'PATH', '/usr/sbin:/usr/bin:/sbin:/bin', '--setenv', 'HOME', '/root'],
    ...['bash', '/tmp/check.sh', version],
  );
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

/** @typedef {{ code: unknown, output: string }} Result */

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<Result>} the exit code, and what the command printed to stdout and stderr.
 */
async function run(command, ...args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
  }
  const [code] = await once(child, 'close');
  return { code, output };
}
