/**
 * `npm run standalone [-- --target TARGET]` builds `out/TARGET/tpks`: the program in one file that
 * needs no Node. The runtime comes from `packaging/runtimes`, whose lock file has integrity hashes.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targets } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));
const target = targets['linux-x64'];
if (target === undefined) throw new Error('unknown target');
const runtime = installRuntime('linux-x64', target);
const folder = join(repository, 'out/linux-x64');
mkdirSync(folder, { recursive: true });
execFileSync(
  runtime,
  [
    ...['build', '--compile', `--target=${target.compileTarget}`],
    `--compile-executable-path=${runtime}`,
    ...['--conditions', 'standalone', '--minify', '--bytecode', '--format=esm', '--splitting'],
    ...['--loader', '.md:text', '--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
    // For the notices and the bill of materials.
    `--metafile=${join(folder, 'meta.json')}`,
    ...['src/standalone.ts', `--outfile=${join(folder, target.file)}`],
  ],
  { cwd: repository, stdio: 'inherit' },
);

/**
 * Installs the runtime of a target, unless it is installed already.
 *
 * @param {string} name
 * @param {import('./targets.mjs').Target} target
 * @returns the path of the runtime.
 */
function installRuntime(name, { os, cpu, libc, runtime }) {
  const folder = join(repository, 'node_modules/.cache/standalone', name);
  const path = join(folder, 'node_modules', runtime);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  cpSync(join(repository, 'packaging/runtimes'), folder, { recursive: true });
  execFileSync(
    'npm',
    [
      ...['ci', '--ignore-scripts', `--os=${os}`, `--cpu=${cpu}`],
      ...(libc === undefined ? [] : [`--libc=${libc}`]),
    ],
    { cwd: folder, stdio: 'inherit' },
  );
  return path;
}
