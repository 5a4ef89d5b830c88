/**
 * `npm run man` writes a man page for each command to `out/man`, and lists the pages in package.json,
 * because npm links only the pages in that list. `npm run man -- --folder FOLDER` writes them to
 * another folder. `npm run man:check` fails if the list is not up to date or mandoc finds a mistake.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadCommandTree } from '../docs/command-tree.mjs';
import { createManPage, pageName } from './man-page.mjs';
import { releaseDate } from './release-date.mjs';

/** @import { CommandNode, CommandTree } from '../docs/command-tree.mjs' */

const repository = fileURLToPath(new URL('..', import.meta.url));
const manifestPath = join(repository, 'package.json');
const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, folder: { type: 'string', default: 'out/man' } },
});

const manifestText = readFileSync(manifestPath, 'utf8');
const manifest = /** @type {{ version: string, man?: string[] }} */ (JSON.parse(manifestText));
const pages = createPages(await loadCommandTree());
const newManifestText = updateManifest([...pages.keys()]);
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

/** @param {readonly string[]} names */
function updateManifest(names) {
  const man = names.map((name) => `./man/${name}`);
  const entries = Object.entries(manifest).flatMap(([key, value]) => {
    if (key === 'man') return [];
    return key === 'bin'
      ? [
          [key, value],
          ['man', man],
        ]
      : [[key, value]];
  });
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}

function write() {
  const folder = resolve(repository, options.folder);
  rmSync(folder, { recursive: true, force: true });
  writePages(folder);
  if (newManifestText !== manifestText) writeFileSync(manifestPath, newManifestText);
  console.log(`Wrote ${pages.size} man pages to ${options.folder}`);
}

/** @param {string} folder */
function writePages(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}

function check() {
  if (newManifestText !== manifestText) {
    console.error('The man pages in package.json are not up to date: run npm run man');
    process.exitCode = 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tpks-man-'));
  try {
    writePages(folder);
    execFileSync('mandoc', ['-T', 'lint', '-W', 'warning', ...pages.keys()], {
      cwd: folder,
      stdio: 'inherit',
    });
    console.log(`mandoc accepts ${pages.size} man pages`);
  } catch (error) {
    if (error instanceof Error && 'status' in error) process.exitCode = 1;
    else throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
