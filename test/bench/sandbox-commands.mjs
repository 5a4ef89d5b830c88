/**
 * Measures the commands that users and scripts run most, against the sandbox: with the standalone binary and
 * with Node, in a pipe and on a terminal, compared with curl (the same requests and CA) and with an empty
 * program of each runtime.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv, median, program, startSandbox } from './command.mjs';

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string[]} words - the command line of tpks.
 * @property {NodeJS.ProcessEnv} env
 * @property {'pipe' | 'terminal'} [output]
 * @property {string[]} [curl] - a command that sends the same requests.
 */

const node = process.execPath;
const binary = fileURLToPath(
  new URL(`../../out/${process.platform}-${process.arch}/tpks`, import.meta.url),
);
const timer = fileURLToPath(new URL('time-command.py', import.meta.url));
const systemBundle = '/etc/ssl/certs/ca-certificates.crt';
const hasBinary = existsSync(binary);
const hasCurl = spawnSync('curl', ['--version']).status === 0;

/**
 * @param {object} options
 * @param {number} options.rounds
 * @param {string} options.work - a folder for temporary files.
 * @param {string[]} options.stores
 */
export async function benchCommands({ rounds, work, stores }) {
  if (spawnSync('python3', ['--version']).status !== 0) {
    process.stdout.write('The commands were not measured: python3 is not installed\n\n');
    return;
  }
  if (!hasBinary) process.stdout.write('Without the standalone binary: npm run standalone\n\n');
  const sandbox = await startSandbox(['--token-seconds', '36000']);
  try {
    printTable(createCases(sandbox, work, stores), rounds);
  } finally {
    sandbox.process.kill();
  }
}

/**
 * Logs in, and lists the commands to measure.
 *
 * @param {{ api: string, uaa: string, caCert: string }} sandbox
 * @param {string} work
 * @param {string[]} stores
 * @returns {Case[]}
 */
function createCases({ api, uaa, caCert }, work, stores) {
  const target = ['login', '-a', api, '--uaa-url', uaa, '-u', 'alana'];
  const files = { token: join(work, 'token'), systemBundle: join(work, 'system-bundle.pem') };
  const curl = (/** @type {string} */ ca, /** @type {string[]} */ ...words) => [
    ...['curl', '-sSf', '--cacert', ca, ...words],
  ];
  const getClusters = ['-K', files.token, `${api}/v1/clusters`];
  const requestToken = (/** @type {string[]} */ ...fields) =>
    curl(caCert, ...fields.flatMap((field) => ['-d', field]), `${uaa}/oauth/token`);
  const logIn = requestToken(
    ...['client_id=pks_cli', 'client_secret=', 'grant_type=password'],
    ...['username=alana', 'password=alana-password'],
  );
  const probe = curl(caCert, '-I', '-K', files.token, `${api}/actuator/info`);

  /** @type {Case[]} */
  const cases = [];
  for (const store of stores) {
    const home = (/** @type {string} */ name) => ({
      ...cleanEnv,
      TPKS_HOME: join(work, `${name}-${store}`),
      TPKS_PASSWORD: 'alana-password',
    });
    const env = { ...home('commands'), KUBECONFIG: join(work, `commands-kubeconfig-${store}`) };
    const login = [...target, '--ca-cert', caCert, '--store', store];
    run(login, env);
    run(['get-credentials', 'dev-1'], env);
    const client = {
      ...home('client'),
      ...{ TPKS_UAA_URL: uaa, TPKS_CA_CERT: caCert, TPKS_CLIENT_SECRET: 'adminsecret' },
    };
    const clientGet = ['uaa', 'token', 'client', 'get', 'admin', '--store', store];
    run(clientGet, client);
    const credential = ['kube-credential', '--context', 'alana@localhost'];
    if (store === 'file') {
      writeFileSync(files.token, `header = "Authorization: bearer ${run(['token'], env).trim()}"`);
      const complete = ['__complete', '--', 'cluster', ''];
      cases.push(
        { name: '--version', words: ['--version'], env },
        { name: '--help', words: ['--help'], env },
        { name: 'completion of a cluster', words: complete, env },
      );
    }
    cases.push(
      { name: `token, ${store}`, words: ['token'], env },
      { name: `kube-credential, ${store}`, words: credential, env },
    );
    for (const output of /** @type {const} */ (['pipe', 'terminal'])) {
      const name = `clusters, ${store}, ${output}`;
      cases.push({ name, words: ['clusters'], env, output, curl: curl(caCert, ...getClusters) });
    }
    if (existsSync(systemBundle)) {
      // Adds the CA of the sandbox to the system's CAs, as if the system trusted it.
      const bundles = [systemBundle, caCert].map((file) => readFileSync(file, 'utf8'));
      writeFileSync(files.systemBundle, bundles.join('\n'));
      const systemEnv = { ...home('system'), SSL_CERT_FILE: files.systemBundle };
      run([...target, '--store', store], systemEnv);
      cases.push({
        ...{ name: `clusters, ${store}, pipe, system CAs`, words: ['clusters'], env: systemEnv },
        curl: curl(files.systemBundle, ...getClusters),
      });
    }
    cases.push(
      {
        ...{ name: `login, ${store}`, words: login, env },
        curl: ['sh', '-c', [logIn, probe].map(quote).join(' && ')],
      },
      {
        ...{ name: `uaa token client get, ${store}`, words: clientGet, env: client },
        curl: requestToken(
          ...['client_id=admin', 'client_secret=adminsecret', 'grant_type=client_credentials'],
        ),
      },
    );
  }
  return cases;
}

/** @param {string[]} words */
function quote(words) {
  return words.map((word) => `'${word}'`).join(' ');
}

/**
 * Runs tpks. @returns its output.
 *
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} env
 */
function run(words, env) {
  const { status, stdout, stderr } = spawnSync(node, [program, ...words], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tpks ${words.join(' ')} failed: ${stderr}`);
  return stdout;
}

/**
 * @param {Case[]} cases
 * @param {number} rounds
 */
function printTable(cases, rounds) {
  const titles = ['standalone', 'Node', 'curl', 'empty', 'node -e 0'];
  const ratios = ['/curl', '/empty', 'Node/node -e 0'];
  printCells(['Medians in ms; ratios of the standalone binary', ...titles, ...ratios]);
  for (const { name, words, env, output = 'pipe', curl } of cases) {
    /** @type {([string[], NodeJS.ProcessEnv] | undefined)[]} */
    const commands = [
      hasBinary ? [[binary, ...words], env] : undefined,
      [[node, program, ...words], env],
      curl && hasCurl ? [curl, cleanEnv] : undefined,
      // The runtime of the binary, which then is an ordinary interpreter.
      hasBinary ? [[binary, '-e', '0'], { ...cleanEnv, BUN_BE_BUN: '1' }] : undefined,
      [[node, '-e', '0'], cleanEnv],
    ];
    const times = commands.map(() => /** @type {number[]} */ ([]));
    // Alternates between the commands, as `compare` does.
    for (let round = 0; round < rounds + 2; round += 1) {
      for (const [index, command] of commands.entries()) {
        if (command === undefined) continue;
        const milliseconds = time(output, ...command);
        if (round >= 2) times[index]?.push(milliseconds);
      }
    }
    const medians = times.map(median);
    const [own = NaN, withNode = NaN, withCurl = NaN, empty = NaN, emptyNode = NaN] = medians;
    const quotients = [own / withCurl, own / empty, withNode / emptyNode];
    printCells([name, ...medians.map(format), ...quotients.map(formatRatio)]);
  }
  process.stdout.write('\n');
}

/**
 * @param {'pipe' | 'terminal'} output
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns milliseconds.
 */
function time(output, command, env) {
  const args = ['-S', timer, output, ...command];
  const options = /** @type {const} */ ({ env, encoding: 'utf8', timeout: 60_000 });
  const { status, stdout, stderr } = spawnSync('python3', args, options);
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${stderr}`);
  return Number(stdout);
}

/** @param {number} value */
function format(value) {
  return Number.isNaN(value) ? '-' : value.toFixed(1);
}

/** @param {number} value */
function formatRatio(value) {
  return Number.isNaN(value) ? '-' : `${value.toFixed(2)} x`;
}

/** @param {string[]} cells */
function printCells([name = '', ...cells]) {
  process.stdout.write(`  ${name.padEnd(46)}${cells.map((cell) => cell.padStart(15)).join('')}\n`);
}
