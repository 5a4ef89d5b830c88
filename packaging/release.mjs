/**
 * `npm run release [-- --target TARGET,...|all]`: writes all files of a release to `out/release`: the
 * archives with the standalone binaries, the Linux packages, the npm package, the bills of materials,
 * the files for Homebrew, Scoop and Nix, and SHA256SUMS. The default is all targets that can be
 * built completely here: darwin-x64 needs rcodesign, which signs it.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { archive } from './archive.mjs';
import { writeChecksums } from './checksums.mjs';
import { writeInstallFiles } from './install-files.mjs';
import { findTarget, selectReleaseTargets } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const release = join(repository, 'out/release');
const packages = join(repository, 'out/packages');

const { values: options } = parseArgs({ options: { target: { type: 'string' } } });
const names = selectReleaseTargets(options.target);

rmSync(release, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
for (const name of names) buildTarget(name);
buildPackages();
npm('pack', '--pack-destination', release);
npm('run', 'notices');
copyFileSync(join(repository, 'out/npm/tpks.cdx.json'), join(release, 'tpks-npm.cdx.json'));
// The install files contain the checksums of the archives, and SHA256SUMS those of all files.
writeInstallFiles(release, writeChecksums(release));
writeChecksums(release);
console.log(`Wrote ${String(readdirSync(release).length)} files to ${release}`);

/** @param {string} name - a key of `targets`. */
function buildTarget(name) {
  const folder = join(repository, 'out', name);
  const target = findTarget(name);
  npm('run', 'standalone', '--', '--target', name);
  if (target.unfinished) run('rcodesign', 'sign', join(folder, target.file));
  npm('run', 'standalone', '--', '--target', name, '--check');
  npm('run', 'notices', '--', '--target', name);
  archive(`tpks-${name}`, release, [
    join(folder, target.file),
    join(folder, 'THIRD_PARTY_NOTICES.txt'),
    join(repository, 'LICENSE'),
  ]);
  copyFileSync(join(folder, 'tpks.cdx.json'), join(release, `tpks-${name}.cdx.json`));
}

/** Builds the deb, rpm and apk packages of the Linux targets. */
function buildPackages() {
  const linux = names.filter((name) => findTarget(name).os === 'linux');
  if (linux.length === 0) return;
  rmSync(packages, { recursive: true, force: true });
  for (const name of linux) npm('run', 'packages', '--', '--target', name);
  for (const file of readdirSync(packages)) {
    if (/\.(?:deb|rpm|apk)$/.test(file)) copyFileSync(join(packages, file), join(release, file));
  }
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
