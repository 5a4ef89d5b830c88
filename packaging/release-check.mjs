/**
 * `npm run release:check [-- --target TARGET,...]`: builds a release of the last commit twice, in two
 * new clones, and fails if any file differs, or if the syntax of a file for Homebrew or Nix is
 * invalid. The result of the first build is in `out/release`. Needs ruby and nix-instantiate.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readChecksums } from './checksums.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const release = join(repository, 'out/release');

const folder = mkdtempSync(join(tmpdir(), 'tpks-release-'));
try {
  // Paths of different lengths, because a path in a file could move everything after it.
  const first = build(join(folder, 'first'));
  const second = build(join(folder, 'second/with/a/longer/path'));
  const differences = compare(readChecksums(first), readChecksums(second));
  checkSyntax(first);
  if (differences.length > 0) {
    console.error(`The two builds differ: ${differences.join(', ')}`);
    process.exitCode = 1;
  } else {
    rmSync(release, { recursive: true, force: true });
    cpSync(first, release, { recursive: true });
    console.log(`Both builds are identical: ${release}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * @param {string} clone - a new folder.
 * @returns the folder with the files of the release.
 */
function build(clone) {
  run(repository, 'git', 'clone', '--quiet', '--no-hardlinks', repository, clone);
  run(clone, 'npm', 'ci', '--prefer-offline');
  run(clone, 'node', 'packaging/release.mjs', ...process.argv.slice(2));
  return join(clone, 'out/release');
}

/** @param {string} folder - the folder with the files of a release. */
function checkSyntax(folder) {
  if (existsSync(join(folder, 'tpks.rb'))) run(folder, 'ruby', '-c', 'tpks.rb');
  if (!existsSync(join(folder, 'tpks-nix.tar.gz'))) return;
  const flake = execFileSync('tar', ['-xzOf', join(folder, 'tpks-nix.tar.gz'), 'flake.nix']);
  // The default store belongs to root.
  execFileSync('nix-instantiate', ['--store', 'dummy://', '--parse', '-'], {
    input: flake,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
function run(cwd, command, ...args) {
  execFileSync(command, args, { cwd, stdio: 'inherit' });
}

/**
 * @param {ReadonlyMap<string, string>} first
 * @param {ReadonlyMap<string, string>} second
 * @returns the names of the files that differ, or that only one build has written.
 */
function compare(first, second) {
  const names = new Set([...first.keys(), ...second.keys()]);
  return [...names].filter((name) => first.get(name) !== second.get(name)).sort();
}
