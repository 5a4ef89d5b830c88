/**
 * Measures lists of clusters that are much longer than in any installation: seconds and memory of
 * whole processes. Both must grow in proportion to the length of the list (tables), or not at all
 * (--json). Also measures the memory of `clusters --watch` over 10,000 requests, with a clock that
 * does not wait.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * @param {object} bench - functions of bench.mjs.
 * @param {import('./bench.mjs').RunOnce} bench.runOnce
 * @param {(query: string) => Promise<string>} bench.configureServer
 * @param {(cells: [string, ...string[]]) => void} bench.printRow
 * @param {[command: string[], env: NodeJS.ProcessEnv]} bench.command - `tpks clusters`.
 * @param {string} bench.work - a folder for temporary files.
 */
export async function benchLists({
  runOnce,
  configureServer,
  printRow,
  command: [clusters, env],
  work,
}) {
  process.stdout.write('\nclusters: time and memory (largest resident set) of one run\n');
  const formats = {
    '--json': ['--json'],
    '-o name': ['-o', 'name'],
    table: [],
    'table --sort-by': ['--sort-by', 'name'],
  };
  for (const [format, flags] of Object.entries(formats)) {
    for (const count of [10_000, 100_000]) {
      await configureServer(`clusters=${count}`);
      const { milliseconds, kibibytes } = runOnce([...clusters, ...flags], env, {
        measuresMemory: true,
      });
      printRow([
        `${count} clusters, ${format}`,
        `${(milliseconds / 1000).toFixed(2)} s`,
        `${(kibibytes / 1024).toFixed(0)} MiB`,
      ]);
    }
  }
  const program = join(work, 'watch-memory.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('watch-memory.mjs', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    loader: { '.md': 'text', '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
    external: ['@napi-rs/keyring'],
    define: { 'import.meta.url': '__filename' },
    logLevel: 'error',
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', program], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`watch-memory failed: ${stderr}`);
  const heaps = /** @type {import('./watch-memory.mjs').HeapSize[]} */ (JSON.parse(stdout));
  for (const { polls, mebibytes } of heaps) {
    printRow([`--watch, heap after ${polls} requests`, `${mebibytes.toFixed(2)} MiB`]);
  }
}
