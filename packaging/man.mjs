/**
 * `npm run man` writes a man page for each command to `out/man`. `npm run man:check` fails if mandoc
 * finds a mistake. `npm pack` runs `npm run man -- --pack`, which writes the pages to `man`, and lists
 * them in package.json until the package is packed, because npm links only the pages that package.json
 * lists: it ignores `directories.man` when it installs a package.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadCommandTree } from '../docs/command-tree.mjs';
import { createManPage, pageName } from './man-page.mjs';
import { releaseDate } from './release-date.mjs';

/** @import { CommandNode, CommandTree } from '../docs/command-tree.mjs' */

const repository = fileURLToPath(new URL('..', import.meta.url));
const manifestPath = join(repository, 'package.json');
const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, pack: { type: 'boolean' } },
});

const manifest = /** @type {{ version: string, man?: string[] }} */ (
  JSON.parse(readFileSync(manifestPath, 'utf8'))
);
const pages = createPages(await loadCommandTree());
if (options.check === true) check();
else write();

/**
 * @param {CommandTree} tree
 * @returns the source of each page by its file name.
 */
function createPages({ root, captureOutput }) {
  const release = { version: manifest.version, date: releaseDate().toISOString().slice(0, 10) };
  /** @type {Map<string, string>} */
  const pages = new Map();
  const addPages = (/** @type {CommandNode} */ node) => {
    const help = captureOutput(() => {
      node.command.outputHelp();
    });
    const notes = help.slice(node.command.helpInformation().length);
    pages.set(`${pageName(node)}.1`, createManPage(node, notes, release));
    node.children.forEach(addPages);
  };
  addPages(root);
  return pages;
}

function write() {
  const name = options.pack === true ? 'man' : 'out/man';
  const folder = join(repository, name);
  rmSync(folder, { recursive: true, force: true });
  writePages(folder);
  if (options.pack === true) {
    manifest.man = [...pages.keys()].map((page) => `./man/${page}`);
    writeFileSync(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  console.log(`Wrote ${pages.size} man pages to ${name}`);
}

/** @param {string} folder */
function writePages(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}

function check() {
  const folder = mkdtempSync(join(tmpdir(), 'tpks-man-'));
  try {
    writePages(folder);
    execFileSync('mandoc', ['-T', 'lint', '-W', 'warning', ...pages.keys()], {
      cwd: folder,
      stdio: 'inherit',
    });
    console.log(`mandoc accepts ${pages.size} man pages`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') {
      console.error('mandoc is not installed. Install it: sudo apt-get install mandoc');
    } else if (!('status' in error)) throw error;
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
