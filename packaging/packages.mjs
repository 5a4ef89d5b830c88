/**
 * `npm run packages [-- --target TARGET]` writes a deb and an rpm to `out/packages`. They contain
 * the binary in `out/TARGET`, which `npm run standalone` builds.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createChangelog, createCopyright, details, maintainer, synopsis } from './debian.mjs';
import { getReleaseDate } from './release-date.mjs';
import { reportError } from './report-error.mjs';
import { findHostTarget } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const output = join(repository, 'out/packages');

/**
 * The Go module proxy does not have all dependencies of later versions.
 *
 * @see https://nfpm.goreleaser.com
 */
const nfpmVersion = '2.45.2';

/** The names of the architectures in packages, by target. @type {Readonly<Record<string, string>>} */
const architectures = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

const { version } = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
);

try {
  const { values } = parseArgs({ options: { target: { type: 'string', default: 'linux-x64' } } });
  buildPackages(values.target);
} catch (error) {
  reportError(error);
}

/** @param {string} target */
function buildPackages(target) {
  const arch = architectures[target];
  if (arch === undefined) {
    const knownTargets = Object.keys(architectures).join(', ');
    throw new Error(`No packages for the target ${target} (choose from ${knownTargets})`);
  }
  const nfpm = installNfpm();
  runScript('packaging/man.mjs');
  mkdirSync(output, { recursive: true });
  const folder = prepareContents(target);
  const env = {
    ...process.env,
    TPKS_ARCH: arch,
    TPKS_BINARY: findBinary(target),
    TPKS_DESCRIPTION: `${synopsis}\n${details}`,
    TPKS_MAINTAINER: maintainer,
    TPKS_VERSION: version,
    // Makes the packages reproducible.
    SOURCE_DATE_EPOCH: String(getReleaseDate().getTime() / 1000),
  };
  const config = join(repository, 'packaging/nfpm.yaml');
  for (const format of ['deb', 'rpm']) {
    const args = ['package', '--config', config, '--packager', format, '--target', `${output}/`];
    execFileSync(nfpm, args, { cwd: folder, env, stdio: 'inherit' });
  }
}

/**
 * Builds nfpm on first use, which takes about a minute.
 *
 * @returns the path of the program.
 */
function installNfpm() {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'tpks-test', `nfpm-${nfpmVersion}`);
  const path = join(folder, 'nfpm');
  if (existsSync(path)) return path;
  execFileSync('go', ['install', `github.com/goreleaser/nfpm/v2/cmd/nfpm@v${nfpmVersion}`], {
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
    stdio: 'inherit',
  });
  return path;
}

/**
 * Collects the files of the packages.
 *
 * @param {string} target
 * @returns the folder with the files.
 */
function prepareContents(target) {
  runScript('packaging/notices.mjs', '--target', target);
  const folder = join(repository, 'out', target, 'package');
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['man', 'completions', 'doc', 'debian']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const pages = join(repository, 'out/man');
  for (const name of readdirSync(pages)) {
    compress(readFileSync(join(pages, name)), join(folder, 'man', `${name}.gz`));
  }
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(folder, 'completions', `tpks.${shell}`), createCompletion(shell));
  }
  for (const name of ['THIRD_PARTY_NOTICES.txt', 'tpks.cdx.json']) {
    compress(
      readFileSync(join(repository, 'out', target, name)),
      join(folder, 'doc', `${name}.gz`),
    );
  }
  const license = readFileSync(join(repository, 'LICENSE'), 'utf8');
  writeFileSync(join(folder, 'doc/copyright'), createCopyright(license));
  compress(readFileSync(join(repository, 'CHANGELOG.md')), join(folder, 'doc/changelog.gz'));
  compress(createChangelog(version, getReleaseDate()), join(folder, 'debian/changelog.Debian.gz'));
  copyFileSync(join(repository, 'packaging/lintian-overrides'), join(folder, 'lintian-overrides'));
  return folder;
}

/** @param {string} target */
function findBinary(target) {
  const path = join(repository, 'out', target, 'tpks');
  if (!existsSync(path)) {
    throw new Error(`out/${target}/tpks not found: run npm run standalone -- --target ${target}`);
  }
  return path;
}

/**
 * Runs the binary for this machine, which prints the same scripts as the binaries for other machines.
 *
 * @param {string} shell
 */
function createCompletion(shell) {
  const binary = findBinary(findHostTarget().name);
  return execFileSync(binary, ['completion', shell], { encoding: 'utf8' });
}

/**
 * @param {string | Buffer} content
 * @param {string} path
 */
function compress(content, path) {
  writeFileSync(path, gzipSync(content, { level: 9 }));
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function runScript(script, ...args) {
  execFileSync(process.execPath, [join(repository, script), ...args], { stdio: 'inherit' });
}
