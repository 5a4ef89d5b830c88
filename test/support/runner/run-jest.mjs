/**
 * `npm run jest -- [PATHS] [JEST OPTIONS]`: runs jest without the CAs in the environment, because
 * the tests trust only the CAs that they specify. Tests and the programs that they start, such as
 * kubectl and Chromium, use a temporary home directory, so that they leave no files behind. With
 * `--inspect-brk`, jest waits for a debugger before it runs the tests. A PATH that ends with
 * `.nightly.test.ts` sets `TPKS_NIGHTLY=1`, without which jest ignores such files.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projects as allProjects } from '../../../jest.config.mjs';

/**
 * @param {object} options
 * @param {string[]} [options.projects] - the projects to run; all projects if empty.
 * @param {string[]} options.args - paths and options of jest; `--inspect...` is an option of Node.
 * @param {NodeJS.ProcessEnv} [options.env] - added to the environment.
 * @returns {Promise<number>} the exit code.
 */
export async function runJest({ projects = [], args, env = {} }) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|XDG_\w+_HOME)$/.test(name),
  );
  const isInspectOption = (/** @type {string} */ arg) => arg.startsWith('--inspect');
  const inspectOptions = args.filter(isInspectOption);
  // Added before the folder is created, so that the folder is deleted whenever a signal arrives.
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  const stop = (/** @type {NodeJS.Signals} */ name) => void jest.kill(name);
  for (const name of signals) process.on(name, stop);
  const folder = mkdtempSync(join(tmpdir(), 'tpks-test-'));
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  // Some tests of root start programs as another user.
  chmodSync(folder, 0o711);
  // Some tests create files that other users can read.
  process.umask(0o022);
  mkdirSync(home);
  mkdirSync(temporary);
  const jest = spawn(
    process.execPath,
    [
      ...inspectOptions,
      '--experimental-vm-modules',
      '--no-warnings',
      fileURLToPath(import.meta.resolve('jest/bin/jest')),
      ...args.filter((arg) => !isInspectOption(arg)),
      // A debugger is attached to this process only, not to the workers.
      ...(inspectOptions.length > 0 ? ['--runInBand'] : []),
      // Last, because jest reads every word up to the next option as a project name.
      ...(projects.length > 0 ? ['--selectProjects', ...projects] : []),
    ],
    {
      stdio: 'inherit',
      env: {
        ...Object.fromEntries(inherited),
        ...(args.some((arg) => arg.endsWith('.nightly.test.ts')) ? { TPKS_NIGHTLY: '1' } : {}),
        ...{ HOME: home, TMPDIR: temporary, ...env },
      },
    },
  );
  const [code, signal] = /** @type {[number | null, NodeJS.Signals | null]} */ (
    await once(jest, 'exit')
  );
  // Processes of interrupted tests may still write files.
  await rm(folder, { recursive: true, maxRetries: 5 });
  for (const name of signals) process.off(name, stop);
  return code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
}

/**
 * Separates the projects after `--selectProjects` from the other arguments, because jest would read
 * every argument up to the next option as a project, even the PATH in `npm test -- PATH`.
 *
 * @param {string[]} args
 */
function splitProjects(args) {
  const index = args.indexOf('--selectProjects');
  if (index === -1) return { args };
  const after = args.slice(index + 1);
  const end = after.findIndex((arg) => !allProjects.includes(arg));
  const count = end === -1 ? after.length : end;
  return {
    projects: after.slice(0, count),
    args: [...args.slice(0, index), ...after.slice(count)],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await runJest(splitProjects(process.argv.slice(2)));
}
