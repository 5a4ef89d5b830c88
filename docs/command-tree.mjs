/** The tree of commands, from which the command pages and the man pages are generated. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @import { Command } from 'commander' */
/** @import { Entry } from '../src/commands/contents.js' */
/** @import { Services } from '../src/services.js' */

/** @typedef {typeof import('./program.mjs')} Program */

/**
 * @typedef {object} CommandNode
 * @property {readonly string[]} path - the names of the command's parents and its own name.
 * @property {Command} command
 * @property {Entry} [entry] - undefined for the root.
 * @property {readonly CommandNode[]} children - the visible subcommands.
 */

/**
 * @typedef {object} CommandTree
 * @property {CommandNode} root
 * @property {(action: () => void) => string} captureOutput - returns the help that the action prints.
 */

/** The width of help that is not shown on a terminal. */
const columns = 80;

/** @returns {Promise<CommandTree>} the tree of all visible commands. */
export async function loadCommandTree() {
  const { createProgram, defineCommand, contents } = await loadProgram();
  let printed = '';
  const write = (/** @type {string} */ text) => {
    printed += text;
  };
  // A command calls services only when it runs, not when it defines its options.
  const services = /** @type {Services} */ ({});
  const program = createProgram({
    name: 'tpks',
    contents,
    services,
    help: { columns: () => columns, write },
    writeError: write,
  });
  /**
   * @param {Command} parent
   * @param {readonly Entry[]} entries
   * @param {readonly string[]} path
   * @returns {Promise<CommandNode[]>}
   */
  const createNodes = async (parent, entries, path) => {
    /** @type {CommandNode[]} */
    const nodes = [];
    for (const entry of entries.filter(({ hidden = false }) => !hidden)) {
      const command = findSubcommand(parent, entry);
      const part = await entry.load();
      defineCommand(command, part, services);
      command.configureHelp({ ...command.configureHelp(), helpWidth: columns });
      const inner = [...path, entry.name];
      const contents = 'contents' in part ? part.contents : [];
      const children = await createNodes(command, contents, inner);
      nodes.push({ path: inner, command, entry, children });
    }
    return nodes;
  };
  const path = [program.name()];
  return {
    root: { path, command: program, children: await createNodes(program, contents, path) },
    captureOutput: (action) => {
      printed = '';
      action();
      return printed;
    },
  };
}

/** Imports the modules that define the commands, from a temporary bundle. */
async function loadProgram() {
  const temporary = await mkdtemp(join(tmpdir(), 'tpks-docs-'));
  const outfile = join(temporary, 'program.mjs');
  try {
    await build({
      entryPoints: [fileURLToPath(new URL('program.mjs', import.meta.url))],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      loader: { '.md': 'text', '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text' },
      banner: {
        js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
      },
      logLevel: 'warning',
    });
    return /** @type {Program} */ (await import(pathToFileURL(outfile).href));
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/**
 * @param {Command} parent
 * @param {Entry} entry
 */
function findSubcommand(parent, { name }) {
  const found = parent.commands.find((command) => command.name() === name);
  if (found === undefined) throw new Error(`Command ${name} not found`);
  return found;
}
