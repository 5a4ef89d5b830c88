import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

/**
 * Runs jest without the CAs of the environment: the tests trust only the CA that they name.
 *
 * @param words - more arguments for jest.
 * @returns the exit code.
 */
export async function runJest({ projects, words, env, signal }) {
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, SSL_CERT_DIR, ...rest } = process.env;
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      createRequire(import.meta.url).resolve('jest/bin/jest'),
      ...words,
      // Last, because jest reads every word up to the next option as a project name.
      ...['--selectProjects', ...projects],
    ],
    { stdio: 'inherit', env: { ...rest, ...env } },
  );
  signal?.addEventListener('abort', () => jest.kill('SIGTERM'));
  const [code] = await once(jest, 'exit');
  return code ?? 1;
}
