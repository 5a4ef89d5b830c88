/**
 * `npm run jest -- [PATH] [JEST OPTIONS]`: runs jest without the CAs of the environment, because the
 * tests trust only the CA that they name. `--inspect-brk` waits for a debugger before it runs the tests.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { projects as allProjects } from '../../jest.config.mjs';

/**
 * @param {object} options
 * @param {string[]} [options.projects] - the projects to run; all if empty.
 * @param {string[]} options.words - paths, and more options of jest; `--inspect...` is an option of Node.
 * @param {NodeJS.ProcessEnv} [options.env] - added to the environment.
 * @param {AbortSignal} [options.signal] - stops the tests.
 * @returns {Promise<number>} the exit code.
 */
export async function runJest({ projects = [], words, env = {}, signal }) {
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...rest } = process.env;
  const isInspectOption = (/** @type {string} */ word) => word.startsWith('--inspect');
  const inspectOptions = words.filter(isInspectOption);
  const jest = spawn(
    process.execPath,
    [
      ...inspectOptions,
      '--experimental-vm-modules',
      '--no-warnings',
      fileURLToPath(import.meta.resolve('jest/bin/jest')),
      ...words.filter((word) => !isInspectOption(word)),
      // A debugger is attached to this process only, not to the workers.
      ...(inspectOptions.length > 0 ? ['--runInBand'] : []),
      // Last, because jest reads every word up to the next option as a project name.
      ...(projects.length > 0 ? ['--selectProjects', ...projects] : []),
    ],
    { stdio: 'inherit', env: { ...rest, ...env } },
  );
  signal?.addEventListener('abort', () => jest.kill('SIGTERM'));
  const [code] = await once(jest, 'exit');
  return code ?? 1;
}

/**
 * Splits words at `--selectProjects`, so that `npm test -- PATH` does not read PATH as a project.
 *
 * @param {string[]} words
 */
function splitProjects(words) {
  const at = words.indexOf('--selectProjects');
  if (at === -1) return { words };
  const after = words.slice(at + 1);
  const end = after.findIndex((word) => !allProjects.includes(word));
  const count = end === -1 ? after.length : end;
  return { projects: after.slice(0, count), words: [...words.slice(0, at), ...after.slice(count)] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await runJest(splitProjects(process.argv.slice(2)));
}
