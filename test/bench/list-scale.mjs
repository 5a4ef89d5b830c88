/**
 * Measures lists of clusters that are much longer than in any installation: seconds and memory of
 * whole processes. Both must grow in proportion to the length of the list (tables), or not at all
 * (--json).
 */

/**
 * @param {object} bench - functions of bench.mjs.
 * @param {import('./bench.mjs').RunOnce} bench.runOnce
 * @param {(query: string) => Promise<string>} bench.configureServer
 * @param {(cells: [string, ...string[]]) => void} bench.printRow
 * @param {[command: string[], env: NodeJS.ProcessEnv]} bench.command - `tpks clusters`.
 */
export async function benchLists({ runOnce, configureServer, printRow, command: [clusters, env] }) {
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
}
