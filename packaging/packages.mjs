/**
 * `npm run packages [-- --target TARGET] [--format FORMAT]` writes deb, rpm and apk packages to
 * `out/packages`. They contain the binary in `out/TARGET`, which `npm run standalone` builds.
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
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createChangelog, createCopyright, details, maintainer, synopsis } from './debian.mjs';
import { installNfpm } from './nfpm.mjs';
import { releaseDate } from './release-date.mjs';
import { reportError } from './report-error.mjs';
import { findHostTarget } from './targets.mjs';

/** @typedef {{ target: string, arch: string, formats: readonly string[] }} Plan */

const repository = fileURLToPath(new URL('..', import.meta.url));
const output = join(repository, 'out/packages');

/**
 * Alpine, which uses apk, has musl. The other distributions have glibc.
 *
 * @type {Readonly<Record<string, { arch: string, formats: readonly string[] }>>}
 */
const packagedTargets = {
  'linux-x64': { arch: 'amd64', formats: ['deb', 'rpm'] },
  'linux-arm64': { arch: 'arm64', formats: ['deb', 'rpm'] },
  'linux-x64-musl': { arch: 'amd64', formats: ['apk'] },
  'linux-arm64-musl': { arch: 'arm64', formats: ['apk'] },
};

const { version } = /** @type {{ version: string }} */ (
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
);

try {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true, default: ['linux-x64'] },
      format: { type: 'string', multiple: true },
    },
  });
  const plans = values.target.map((target) => planPackages(target, values.format));
  const nfpm = installNfpm();
  runScript('packaging/man.mjs');
  mkdirSync(output, { recursive: true });
  for (const plan of plans) buildPackages(nfpm, plan);
} catch (error) {
  reportError(error);
}

/**
 * @param {string} target
 * @param {readonly string[]} [selected] - the formats to build. The default is all formats of the target.
 * @returns {Plan}
 * @throws Error if there is nothing to build.
 */
function planPackages(target, selected) {
  const { arch, formats } = packagedTargets[target] ?? {};
  if (arch === undefined || formats === undefined) {
    const known = Object.keys(packagedTargets).join(', ');
    throw new Error(`No packages for the target ${target} (choose from ${known})`);
  }
  const built = formats.filter((format) => selected?.includes(format) ?? true);
  if (built.length > 0) return { target, arch, formats: built };
  const requested = selected?.join(', ') ?? '';
  throw new Error(`No ${requested} package for ${target} (choose from ${formats.join(', ')})`);
}

/**
 * @param {string} nfpm - path of the program.
 * @param {Plan} plan
 */
function buildPackages(nfpm, { target, arch, formats }) {
  const binary = findBinary(target);
  const folder = prepareContents(target);
  const env = {
    ...process.env,
    TPKS_ARCH: arch,
    TPKS_BINARY: binary,
    TPKS_MAINTAINER: maintainer,
    TPKS_VERSION: version,
    // Makes the packages reproducible.
    SOURCE_DATE_EPOCH: String(releaseDate().getTime() / 1000),
  };
  for (const format of formats) {
    execFileSync(
      nfpm,
      [
        ...['package', '--config', join(repository, 'packaging/nfpm.yaml')],
        ...['--packager', format, '--target', `${output}/`],
      ],
      {
        cwd: folder,
        // The description of an apk must be one line.
        env: { ...env, TPKS_DESCRIPTION: format === 'apk' ? synopsis : `${synopsis}\n${details}` },
        stdio: 'inherit',
      },
    );
  }
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
  compress(createChangelog(version, releaseDate()), join(folder, 'debian/changelog.Debian.gz'));
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
