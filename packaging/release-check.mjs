/**
 * `npm run release:check [-- --target TARGET,...]`: builds a release of the last commit twice, in two
 * new clones, and fails if any file differs, or if the formula for Homebrew is not valid Ruby. Copies the
 * first build to `out/release`. Requires ruby.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));
const release = join(repository, 'out/release');

const folder = mkdtempSync(join(tmpdir(), 'tpks-release-'));
try {
  // The paths have different lengths, so that a path in any file makes the builds differ.
  const first = build(join(folder, 'first'));
  const second = build(join(folder, 'second/with/a/longer/path'));
  run(folder, 'diff', '--recursive', '--brief', first, second);
  if (existsSync(join(first, 'tpks.rb'))) run(first, 'ruby', '-c', 'tpks.rb');
  rmSync(release, { recursive: true, force: true });
  cpSync(first, release, { recursive: true });
  console.log(`Both builds are identical: ${release}`);
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

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
function run(cwd, command, ...args) {
  execFileSync(command, args, { cwd, stdio: 'inherit' });
}
