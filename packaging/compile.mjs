/** Compiles tpks and the runtime of a platform into one file. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findHostTarget, findTarget } from './targets.mjs';

/** @import { BundleOptions } from './bundle-standalone.mjs' */

const repository = fileURLToPath(new URL('..', import.meta.url));
const cache = join(repository, 'node_modules/.cache/standalone');

/**
 * Files in the current folder that the runtime would otherwise read at each start of the binary. They
 * could set variables such as `TPKS_API`, or run code.
 */
const startFiles = ['Dotenv', 'Bunfig', 'Tsconfig', 'PackageJson'];

/**
 * @param {string} name - a key of `targets`.
 * @param {string} output - path of the binary. Its base name becomes part of the binary, so builds
 *   are identical only if they have the same base name. A list of the modules in the binary is written next to it,
 *   to `meta.json`.
 * @param {object} [options]
 * @param {boolean} [options.readsStartFiles] - compile an unsafe binary, which tests use as a control.
 */
export function compile(name, output, { readsStartFiles = false } = {}) {
  const target = findTarget(name);
  const runtime = join(installRuntime(name, target), target.runtime);
  // Not the output folder, because Bun also writes source maps next to the binary. They are not needed,
  // because the binary contains them.
  const folder = mkdtempSync(join(cache, 'output-'));
  mkdirSync(dirname(output), { recursive: true });
  bundle(name, {
    metafile: join(dirname(output), 'meta.json'),
    compile: {
      target: target.compileTarget,
      executablePath: runtime,
      outfile: join(folder, target.file),
      ...Object.fromEntries(startFiles.map((each) => [`autoload${each}`, readsStartFiles])),
    },
  });
  renameSync(join(folder, target.file), output);
  rmSync(folder, { recursive: true });
}

/**
 * Bundles the modules of a target.
 *
 * @param {string} name - a key of `targets`.
 * @param {Omit<BundleOptions, 'conditions'>} options
 */
export function bundle(name, options) {
  const target = findTarget(name);
  const modules = installRuntime(name, target);
  const host = findHostTarget();
  const bundler = join(installRuntime(host.name, host), host.runtime);
  const conditions = ['standalone', ...(target.keychainModule ? ['embedded-keychain', name] : [])];
  const script = join(repository, 'packaging/bundle-standalone.mjs');
  execFileSync(bundler, [script, JSON.stringify({ ...options, conditions })], {
    cwd: repository,
    stdio: 'inherit',
    env: { ...removeRuntimeVariables(), NODE_PATH: modules },
  });
}

/** `BUN_OPTIONS` and similar variables would change the build. */
function removeRuntimeVariables() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('BUN_')),
  );
}

/**
 * Installs the runtime and the native keychain module of a target, unless the versions in the lock
 * file are installed already. npm compares them with the integrity hashes in the lock file.
 *
 * @param {string} name
 * @param {import('./targets.mjs').Target} target
 * @returns the path of `node_modules`.
 */
export function installRuntime(name, { os, cpu, runtime }) {
  const folder = join(cache, name);
  const modules = join(folder, 'node_modules');
  const lockFile = join(repository, 'packaging/runtimes/package-lock.json');
  // Written last, so that an interrupted installation is repeated.
  const installedLockFile = join(folder, 'installed.json');
  const isInstalled =
    existsSync(installedLockFile) &&
    readFileSync(installedLockFile).equals(readFileSync(lockFile)) &&
    existsSync(join(modules, runtime));
  if (isInstalled) return modules;
  rmSync(installedLockFile, { force: true });
  cpSync(join(repository, 'packaging/runtimes'), folder, { recursive: true });
  const platform = [`--os=${os}`, `--cpu=${cpu}`, ...(os === 'linux' ? ['--libc=glibc'] : [])];
  execFileSync('npm', ['ci', '--ignore-scripts', ...platform], { cwd: folder, stdio: 'inherit' });
  cpSync(lockFile, installedLockFile);
  return modules;
}
