/**
 * Measures the standalone binary: each command with the binary, with Node, with curl (the same requests
 * and CAs), and `node -e 0`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv, median, program } from './command.mjs';

/** @import { RunOnce } from './bench.mjs' */
/**
 * A command. Without `curl`, there is no curl command to compare it with.
 *
 * @typedef {{ name: string, words: string[], env: NodeJS.ProcessEnv, curl?: string[] }} Case
 */

const node = process.execPath;
const binary = fileURLToPath(
  new URL(`../../out/${process.platform}-${process.arch}/tpks`, import.meta.url),
);
const systemBundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * @param {object} options
 * @param {RunOnce} options.runOnce
 * @param {number} options.rounds
 * @param {string} options.work - a folder for temporary files.
 * @param {{ base: string, ca: string }} options.server
 * @param {string[]} options.stores
 */
export function createStandaloneBench({ runOnce, rounds, work, server, stores }) {
  /** @param {string[]} words */
  const run = (words, /** @type {NodeJS.ProcessEnv} */ env) => runOnce([binary, ...words], env);
  const { base, ca } = server;

  /** @param {Case[]} cases */
  function printTable(cases) {
    if (!existsSync(binary)) {
      process.stdout.write('The standalone binary was not measured: npm run standalone\n\n');
      return;
    }
    printCells(['', 'standalone', 'Node', 'curl', 'node -e 0', 'standalone/curl']);
    for (const { name, words, env, curl } of cases) {
      /** @type {[string[], NodeJS.ProcessEnv][]} */
      const commands = [
        [[binary, ...words], env],
        [[node, program, ...words], env],
        [[node, '-e', '0'], cleanEnv],
        ...(curl === undefined ? [] : [/** @type {[string[], {}]} */ ([curl, cleanEnv])]),
      ];
      const times = commands.map(() => /** @type {number[]} */ ([]));
      // Alternates between the commands, as `compare` does.
      for (let round = 0; round < rounds + 2; round += 1) {
        for (const [index, [command, variables]] of commands.entries()) {
          const { milliseconds } = runOnce(command, variables);
          if (round >= 2) times[index]?.push(milliseconds);
        }
      }
      const [own = NaN, withNode = NaN, empty = NaN, withCurl] = times.map(median);
      const format = (/** @type {number | undefined} */ value) => value?.toFixed(1) ?? '-';
      const ratio = withCurl === undefined ? '-' : `${(own / withCurl).toFixed(2)} x`;
      printCells([name, format(own), format(withNode), format(withCurl), format(empty), ratio]);
    }
    process.stdout.write('\n');
  }

  /** Measures commands that do not need a Kubernetes session. */
  function benchCommands() {
    if (!existsSync(binary)) {
      printTable([]);
      return;
    }
    const fileEnv = { ...cleanEnv, TPKS_HOME: join(work, 'binary-file'), TPKS_PASSWORD: 'x' };
    const target = ['login', '-a', base, '--uaa-url', base, '-u', 'cody'];
    const login = [...target, '--ca-cert', ca, '--store', 'file'];
    run(login, fileEnv);
    const curl = (/** @type {string[]} */ ...words) => ['curl', '-s', ...words];
    const token = curl('--cacert', ca, '-d', 'grant_type=password', `${base}/oauth/token`);
    const probe = curl('--cacert', ca, '-I', `${base}/actuator/info`);
    /** @type {Case[]} */
    const cases = [
      { name: '--version', words: ['--version'], env: fileEnv },
      { name: '--help', words: ['--help'], env: fileEnv },
      { name: 'token (file)', words: ['token'], env: fileEnv },
      {
        name: 'clusters (file, private CA)',
        ...{ words: ['clusters'], env: fileEnv },
        curl: curl('--cacert', ca, `${base}/v1/clusters`),
      },
      {
        name: 'login (file, private CA; two curls)',
        ...{ words: login, env: fileEnv },
        curl: ['sh', '-c', `${token.join(' ')}; ${probe.join(' ')}`],
      },
    ];
    if (existsSync(systemBundle)) {
      // Adds the CA of the server to the system's CAs, as if the system trusted it.
      const bundle = join(work, 'system-bundle.pem');
      writeFileSync(bundle, `${readFileSync(systemBundle, 'utf8')}\n${readFileSync(ca, 'utf8')}`);
      for (const store of stores) {
        const home = join(work, `binary-system-${store}`);
        const env = { ...fileEnv, TPKS_HOME: home, SSL_CERT_FILE: bundle };
        run([...target, '--store', store], env);
        cases.push({
          name: `clusters (${store}, system CAs)`,
          ...{ words: ['clusters'], env },
          curl: curl('--cacert', bundle, `${base}/v1/clusters`),
        });
      }
    }
    printTable(cases);
  }

  return { benchCommands, printTable };
}

/** @param {[string, ...string[]]} cells */
function printCells([name, ...cells]) {
  process.stdout.write(`  ${name.padEnd(36)}${cells.map((cell) => cell.padStart(16)).join('')}\n`);
}
