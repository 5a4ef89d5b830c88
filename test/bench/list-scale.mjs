// Lists of clusters that are much longer than those of any installation: seconds and memory of whole
// processes, which must grow with the length in proportion (tables) or not at all (--json). And the
// memory of `clusters --watch` over 10,000 requests, with a clock that does not wait.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * @param bench - what bench.mjs has: `once` runs a command, `fetchBench` tells the server how long
 *   its list is, `print` prints a row, `command` is `tpks clusters` with its environment.
 */
export async function listScale({ once, fetchBench, print, command: [clusters, env], work }) {
  process.stdout.write('\nclusters: one run each, time and memory (largest resident set)\n');
  for (const [form, flags] of [
    ['--json', ['--json']],
    ['-o name', ['-o', 'name']],
    ['table', []],
    ['table --sort-by', ['--sort-by', 'name']],
  ]) {
    for (const count of [10_000, 100_000]) {
      await fetchBench(`clusters=${count}`);
      const { milliseconds, kibibytes } = once([...clusters, ...flags], env, true);
      print([
        `${count} clusters, ${form}`,
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
    loader: { '.md': 'text' },
    external: ['@napi-rs/keyring'],
    define: { 'import.meta.url': '__filename' },
    logLevel: 'error',
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', program], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`watch-memory failed: ${stderr}`);
  for (const { polls, mebibytes } of JSON.parse(stdout)) {
    print([`--watch, heap after ${polls} requests`, `${mebibytes.toFixed(2)} MiB`]);
  }
}
