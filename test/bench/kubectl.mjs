/**
 * Measures kubectl with the credential plugin, compared with kubectl with a static token. kubectl calls the
 * sandbox's Kubernetes API.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cleanEnv, program, startSandbox } from './command.mjs';

/** @import { Row } from './bench.mjs' */

const node = process.execPath;
const cluster = 'dev-1';

/**
 * @param {object} options
 * @param {(title: string, baseline: string[], rows: Row[], env?: NodeJS.ProcessEnv) => void} options.compare
 * @param {string[]} options.stores
 * @param {string} options.work - a folder for temporary files.
 */
export async function benchKubectl({ compare, stores, work }) {
  const bin = join(work, 'bin');
  mkdirSync(bin);
  symlinkSync(program, join(bin, 'tpks'));
  const path = [bin, process.env['PATH'] ?? ''].join(delimiter);
  const sandbox = await startSandbox(['--token-seconds', '7200']);
  try {
    const { api, uaa, caCert } = sandbox;
    const users = stores.map((store) => {
      const env = {
        ...cleanEnv,
        PATH: path,
        TPKS_HOME: join(work, `kubectl-${store}`),
        KUBECONFIG: join(work, `kubeconfig-${store}`),
        TPKS_PASSWORD: 'alana-password',
      };
      const target = ['-a', api, '--uaa-url', uaa, '--ca-cert', caCert];
      tpks(['login', ...target, '-u', 'alana', '--store', store], env);
      tpks(['get-credentials', cluster], env);
      return { store, env };
    });
    const [user] = users;
    if (user === undefined || spawnSync('kubectl', ['version', '--client']).status !== 0) {
      process.stdout.write('kubectl was not measured: it is not installed\n\n');
      return;
    }
    const kubectl = ['kubectl', 'get', 'namespaces'];
    const staticConfig = join(work, 'kubeconfig-static');
    copyFileSync(user.env.KUBECONFIG, staticConfig);
    const token = tpks(['token', '--audience', 'kubernetes'], user.env).trim();
    run('kubectl', ['config', 'set-credentials', 'static', '--token', token], staticConfig);
    run('kubectl', ['config', 'set-context', '--current', '--user', 'static'], staticConfig);
    /** @type {Row[]} */
    const rows = users.map(({ store, env }) => [
      `kubectl with the plugin (${store})`,
      kubectl,
      env,
    ]);
    compare('compared with kubectl with a static token', kubectl, rows, {
      ...cleanEnv,
      KUBECONFIG: staticConfig,
    });
  } finally {
    sandbox.process.kill();
  }
}

/**
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} env
 */
function tpks(words, env) {
  const { status, stdout, stderr } = spawnSync(node, [program, ...words], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tpks ${words.join(' ')} failed: ${stderr}`);
  return stdout;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} kubeconfig
 */
function run(command, args, kubeconfig) {
  const env = { ...cleanEnv, KUBECONFIG: kubeconfig };
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
}
