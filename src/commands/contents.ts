import { Option, type Command } from 'commander';
import type { Services } from '../services.js';
import type { OutputForm } from '../terminal/terminal.js';

/** A command: `define` is its contract with argv. */
export interface Leaf {
  readonly define: (command: Command, services: Services) => void;
}

/** A command that only holds others. */
export interface Group {
  readonly contents: readonly Entry[];
  /** Options of every command in it; created at each call. */
  readonly options?: () => readonly Option[];
}

/** One line of a table of contents: what help and completion need, and how to load the command. */
export interface Entry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Heading under which the parent's help lists it. */
  readonly heading?: string;
  /** Not shown in help and completion. */
  readonly hidden?: boolean;
  readonly load: () => Promise<Leaf | Group>;
}

/** Lists entries under a heading of the parent's help. */
export function under(heading: string, entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ heading, ...entry }));
}

/**
 * Adds the commands of a table of contents. A command is defined once argv has named it, so that
 * `--help` of one command loads only that file.
 */
export function addContents(parent: Command, contents: readonly Entry[], services: Services): void {
  const loaders = new Map<Command, Entry['load']>();
  parent.helpCommand(false).hook('preSubcommand', async (_parent, command) => {
    const load = loaders.get(command);
    if (load) fill(command, await load(), services);
  });
  for (const { name, aliases = [], summary, heading, hidden = false, load } of contents) {
    const command = parent
      .command(name, { hidden })
      .aliases([...aliases])
      .summary(summary)
      .description(summary);
    if (heading !== undefined) command.helpGroup(heading);
    loaders.set(command, load);
  }
}

/** Defines the options or the contents of a command that argv, completion or the docs named. */
export function fill(command: Command, part: Leaf | Group, services: Services): void {
  if ('define' in part) {
    part.define(command, services);
    addOutputOption(command);
  } else {
    addSharedOptions(command.description(sentence(command.summary())), part.options?.() ?? []);
    addContents(command, part.contents, services);
  }
}

/** Every command that does not declare its own forms accepts `-o json`, like `--json`, and `-o yaml`. */
function addOutputOption(command: Command): void {
  if (command.options.some(({ long }) => long === '--output')) return;
  const isShortTaken = command.options.some(({ short }) => short === '-o');
  const flags = isShortTaken ? '--output <form>' : '-o, --output <form>';
  const forms: readonly OutputForm[] = ['json', 'yaml'];
  command.addOption(new Option(flags, 'how to print the result').choices(forms).hideHelp());
}

/** Adds options that every command of a group accepts. Only the help of the group lists them. */
export function addSharedOptions(command: Command, options: readonly Option[]): void {
  if (options.length === 0) return;
  for (const option of options) command.addOption(option);
  command.configureHelp({
    ...command.configureHelp(),
    visibleGlobalOptions: (shown) =>
      shown === command ? [] : options.filter(({ hidden }) => !hidden),
  });
}

/** A summary as the description of a group. */
function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

/** The name that the program was called by: `tpks`, or the name of a link. */
export function programName(command: Command): string {
  return command.parent === null ? command.name() : programName(command.parent);
}
