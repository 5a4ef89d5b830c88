/**
 * `npm run release [-- --target TARGET,...|all]`: writes all files of a release to `out/release`: the
 * archives with the standalone binaries, the Linux packages, the npm package, the bills of materials,
 * the formula for Homebrew, and SHA256SUMS. The default is all targets except darwin-x64, which requires
 * rcodesign to sign it. Requires GNU tar and gzip, and zip for Windows.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeInstallFiles } from './install-files.mjs';
import { getReleaseDate } from './release-date.mjs';
import { findTarget, parseTargets, targets } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const release = join(repository, 'out/release');
const packages = join(repository, 'out/packages');

const { values: options } = parseArgs({ options: { target: { type: 'string' } } });
const names =
  options.target === undefined
    ? Object.keys(targets).filter((name) => !findTarget(name).unfinished)
    : parseTargets(options.target);

rmSync(release, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
for (const name of names) buildTarget(name);
buildPackages();
npm('pack', '--pack-destination', release);
npm('run', 'notices');
copyFileSync(join(repository, 'out/npm/tpks.cdx.json'), join(release, 'tpks-npm.cdx.json'));
writeInstallFiles(release, readChecksums());
const lines = [...readChecksums()].map(([name, digest]) => `${digest}  ${name}\n`);
// Users check it with `sha256sum --check --ignore-missing SHA256SUMS`.
writeFileSync(join(release, 'SHA256SUMS'), lines.join(''));
console.log(`Wrote ${String(readdirSync(release).length)} files to ${release}`);

/** @param {string} name - a key of `targets`. */
function buildTarget(name) {
  const folder = join(repository, 'out', name);
  const target = findTarget(name);
  npm('run', 'standalone', '--', '--target', name);
  if (target.unfinished) run('rcodesign', 'sign', join(folder, target.file));
  npm('run', 'standalone', '--', '--target', name, '--check');
  npm('run', 'notices', '--', '--target', name);
  archive(`tpks-${name}`, [
    join(repository, 'LICENSE'),
    join(folder, 'THIRD_PARTY_NOTICES.txt'),
    join(folder, target.file),
  ]);
  copyFileSync(join(folder, 'tpks.cdx.json'), join(release, `tpks-${name}.cdx.json`));
}

/**
 * Writes `NAME.tar.gz`, or `NAME.zip` for Windows, because Explorer cannot unpack .tar.gz before Windows 11.
 * The bytes depend only on the names and the contents of the files.
 *
 * @param {string} name
 * @param {string[]} files - their base names are the names in the archive.
 */
function archive(name, files) {
  const staging = mkdtempSync(join(tmpdir(), 'tpks-archive-'));
  for (const file of files) {
    const copy = join(staging, basename(file));
    copyFileSync(file, copy);
    chmodSync(copy, basename(file).startsWith('tpks') ? 0o755 : 0o644);
    utimesSync(copy, getReleaseDate(), getReleaseDate());
  }
  const contents = files.map((file) => basename(file));
  const spawnOptions = { cwd: staging, env: { ...process.env, TZ: 'UTC' } };
  if (contents.includes('tpks.exe')) {
    execFileSync('zip', ['-qX', join(release, `${name}.zip`), ...contents], spawnOptions);
  } else {
    const format = ['--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
    const output = ['--use-compress-program=gzip -n', '-cf', join(release, `${name}.tar.gz`)];
    execFileSync('tar', [...format, ...output, ...contents], spawnOptions);
  }
  rmSync(staging, { recursive: true });
}

/** Builds the deb and rpm packages of the Linux targets. */
function buildPackages() {
  const linux = names.filter((name) => findTarget(name).os === 'linux');
  if (linux.length === 0) return;
  rmSync(packages, { recursive: true, force: true });
  for (const name of linux) npm('run', 'packages', '--', '--target', name);
  for (const file of readdirSync(packages)) {
    copyFileSync(join(packages, file), join(release, file));
  }
}

/** @returns {Map<string, string>} the SHA-256 digest of each file in the release, in hexadecimal. */
function readChecksums() {
  const hash = (/** @type {string} */ file) =>
    createHash('sha256')
      .update(readFileSync(join(release, file)))
      .digest('hex');
  return new Map(
    readdirSync(release)
      .sort()
      .map((file) => [file, hash(file)]),
  );
}

/** @param {string[]} args */
function npm(...args) {
  run('npm', ...args);
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, ...args) {
  execFileSync(command, args, { cwd: repository, stdio: 'inherit' });
}
