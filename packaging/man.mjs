/**
 * `npm run man` writes a man page for each command to `out/man`. `npm pack` runs it with `--pack`,
 * which writes the pages to `man`, and lists them in package.json until the package is packed. The list
 * is necessary because npm ignores `directories.man` when it installs a package.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCommandTree } from '../tools/docs/command-tree.mjs';
import { createManPage, formatPageName } from './man-page.mjs';
import { getReleaseDate } from './release-date.mjs';

/** @import { CommandNode } from '../tools/docs/command-tree.mjs' */

const repository = fileURLToPath(new URL('..', import.meta.url));
const manifestPath = join(repository, 'package.json');
const isPack = process.argv.includes('--pack');
const name = isPack ? 'man' : 'out/man';
const folder = join(repository, name);

const manifest = /** @type {{ version: string, man?: string[] }} */ (
  JSON.parse(readFileSync(manifestPath, 'utf8'))
);
const release = { version: manifest.version, date: getReleaseDate().toISOString().slice(0, 10) };

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
// man indents the help by 7 columns.
const pages = writePages(await loadCommandTree(72));
if (isPack) {
  manifest.man = pages.map((page) => `./man/${page}`);
  writeFileSync(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
console.log(`Wrote ${pages.length} man pages to ${name}`);

/**
 * @param {CommandNode} node
 * @returns {string[]} the names of the files for the command and its subcommands.
 */
function writePages(node) {
  const file = `${formatPageName(node)}.1`;
  writeFileSync(join(folder, file), createManPage(node, release));
  return [file, ...node.children.flatMap(writePages)];
}
