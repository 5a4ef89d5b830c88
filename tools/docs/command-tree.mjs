/** The commands and their help, from which the command pages and the man pages are generated. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @import { Command } from 'commander' */
/** @import { Entry } from '../../src/commands/command-table.js' */
/** @import { HelpList } from '../../src/commands/root-help.js' */
/** @import { Services } from '../../src/app/services.js' */

/**
 * @typedef {object} CommandNode
 * @property {readonly string[]} path - the names of the command's parents and its own name.
 * @property {string} summary
 * @property {string} heading - the heading in the parent's help under which the command is listed.
 * @property {string} help - the text that `--help` prints.
 * @property {string} [globalOptions] - of the root: the text that `tpks help options` prints.
 * @property {string} [manual] - of the root: the help with all options, commands and topics, because its `help` is short.
 * @property {readonly CommandNode[]} children - the visible subcommands.
 */

/**
 * @param {number} columns - the width of the help.
 * @returns {Promise<CommandNode>} the root, with all visible commands.
 */
export async function loadCommandTree(columns) {
  const loaded = await loadProgram();
  const { createProgram, defineCommand, findLink, findRoot } = loaded;
  let printed = '';
  const write = (/** @type {string} */ text) => {
    printed += text;
  };
  // A command calls services only when it runs, not when it defines its options.
  const services = /** @type {Services} */ ({});
  const help = { columns: () => columns, write };
  const root = await findRoot(findLink('tpks'));
  const program = createProgram({ ...root, services, help, writeError: write });

  /**
   * @param {Command} command
   * @param {Omit<CommandNode, 'help' | 'children'>} properties
   * @param {readonly Entry[]} entries - its subcommands.
   * @returns {Promise<CommandNode>}
   */
  const createNode = async (command, properties, entries) => {
    /** @type {CommandNode[]} */
    const children = [];
    for (const entry of entries.filter(({ hidden = false }) => !hidden)) {
      const child = command.commands.find((each) => each.name() === entry.name);
      if (child === undefined) throw new Error(`Command ${entry.name} not found`);
      const part = await entry.load();
      defineCommand(child, part, services);
      const { name, summary } = entry;
      const heading = child.helpGroup();
      const path = [...properties.path, name];
      const contents = 'contents' in part ? part.contents : [];
      children.push(await createNode(child, { path, summary, heading }, contents));
    }
    printed = '';
    command.outputHelp();
    return { ...properties, help: printed.trim().replaceAll(/ +$/gm, ''), children };
  };
  const description = program.description().replace(/\.$/, '');
  const summary = `${description.charAt(0).toLowerCase()}${description.slice(1)}`;
  const node = await createNode(program, { path: ['tpks'], summary, heading: '' }, root.contents);
  const formatList = (/** @type {HelpList} */ list) =>
    loaded
      .formatSections(loaded.findSections(list, program), program, columns)
      .map(loaded.lineText)
      .join('\n');
  const globalOptions = formatList('options');
  const usage = `Usage: tpks ${program.usage()}`;
  const lists = [globalOptions, formatList('commands'), formatList('topics')];
  return { ...node, globalOptions, manual: [usage, program.description(), ...lists].join('\n\n') };
}

/** Imports the modules that define the commands, from a temporary bundle. */
async function loadProgram() {
  const temporary = await mkdtemp(join(tmpdir(), 'tpks-docs-'));
  const outfile = join(temporary, 'program.mjs');
  try {
    await build({
      stdin: {
        contents: `
          export { findLink } from './base/link.ts';
          export { defineCommand } from './commands/command-table.ts';
          export { findSections, formatSections } from './commands/root-help.ts';
          export { lineText } from './platform/terminal/lines.ts';
          export { findRoot } from './cli/links.ts';
          export { createProgram } from './cli/front-end.ts';`,
        resolveDir: fileURLToPath(new URL('../../src', import.meta.url)),
      },
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
    /** @typedef {Pick<typeof import('../../src/base/link.js'), 'findLink'>} Base */
    /** @typedef {Pick<typeof import('../../src/commands/command-table.js'), 'defineCommand'>} Contents */
    /** @typedef {Pick<typeof import('../../src/cli/links.js'), 'findRoot'>} Links */
    /** @typedef {Pick<typeof import('../../src/cli/front-end.js'), 'createProgram'>} FrontEnd */
    /** @typedef {Pick<typeof import('../../src/commands/root-help.js'), 'findSections' | 'formatSections'>} RootHelp */
    /** @typedef {Pick<typeof import('../../src/platform/terminal/lines.js'), 'lineText'>} Lines */
    /** @typedef {Base & Contents & RootHelp & Lines & Links & FrontEnd} Program */
    return /** @type {Program} */ (await import(pathToFileURL(outfile).href));
  } finally {
    await rm(temporary, { recursive: true });
  }
}
