/**
 * `npm run jest -- [PATHS] [JEST OPTIONS]`: runs jest without the CAs in the environment, because
 * the tests trust only the CAs that they specify. With `--inspect-brk`, jest waits for a debugger
 * before it runs the tests.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { projects as allProjects } from '../../jest.config.mjs';

/**
 * @param {object} options
 * @param {string[]} [options.projects] - the projects to run; all projects if empty.
 * @param {string[]} options.args - paths and options of jest; `--inspect...` is an option of Node.
 * @param {NodeJS.ProcessEnv} [options.env] - added to the environment.
 * @param {AbortSignal} [options.signal] - stops the tests.
 * @returns {Promise<number>} the exit code.
 */
export async function runJest({ projects = [], args, env = {}, signal }) {
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...rest } = process.env;
  const isInspectOption = (/** @type {string} */ arg) => arg.startsWith('--inspect');
  const inspectOptions = args.filter(isInspectOption);
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
    { stdio: 'inherit', env: { ...rest, ...env } },
  );
  signal?.addEventListener('abort', () => jest.kill('SIGTERM'));
  const [code] = /** @type {[number | null]} */ (await once(jest, 'exit'));
  return code ?? 1;
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
