import { Command, Option, type AddHelpTextContext } from 'commander';
import type { Services } from '../app/services.js';
import type { NameKind } from '../base/errors.js';
import type { OutputFormat } from '../platform/terminal/terminal.js';
import { didYouMean } from './did-you-mean.js';
import { checkStdinReadOnce } from './stdin-inputs.js';

/** The help texts of a command. */
export interface CommandHelp {
  readonly description: string;
  readonly examples: Examples;
}

/** A command without subcommands. `define` sets the help texts that depend on the services. */
export interface Leaf {
  readonly description?: string | undefined;
  readonly examples?: Examples | undefined;
  readonly verbs?: Verbs;
  /** Declares the arguments and options, and the action that runs. */
  readonly define: (command: Command, services: Services) => void;
}

export interface Group {
  readonly verbs?: Verbs;
  readonly contents: readonly Entry[];
  /** The command that runs if the command line contains no subcommand. */
  readonly defaultCommand?: string;
  /** Creates the options that all its commands share. */
  readonly options?: () => readonly Option[];
}

/**
 * Verbs that `tpks` accepts after a noun, as in `cluster list`. Each runs another command of the table, and has
 * no page of its own.
 */
export type Verbs = readonly Entry[];

/** A command in a list of commands: the texts for help and completion, and how to load it. */
export interface Entry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly heading?: string;
  readonly hidden?: boolean;
  /** Whether the root help of `tpks` describes the command. */
  readonly isCommon?: boolean;
  /** The kind of names that the command lists, and stores for completion. */
  readonly cachedNames?: NameKind;
  /** The verbs that `tpks` accepts after the name, and the command in the same list that each of them runs. */
  readonly verbs?: Readonly<Record<string, string>>;
  readonly load: () => Leaf | Group | Promise<Leaf | Group>;
}

/** Puts commands into a section of the parent's help. */
export function withHeading(heading: string, entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ heading, ...entry }));
}

/** Gives each command in a list, and in its groups, the verbs that its entry declares. */
export function withVerbs(entries: readonly Entry[]): readonly Entry[] {
  return entries.map((entry) => ({ ...entry, load: () => loadWithVerbs(entry, entries) }));
}

async function loadWithVerbs(
  { load, verbs: names = {} }: Entry,
  siblings: readonly Entry[],
): Promise<Leaf | Group> {
  const part = await load();
  const verbs = Object.entries(names).flatMap(([name, command]) =>
    siblings
      .filter((sibling) => sibling.name === command)
      .map(({ summary, load: loadCommand }) => ({ name, summary, load: loadCommand })),
  );
  return 'contents' in part
    ? { ...part, verbs, contents: withVerbs(part.contents) }
    : { ...part, verbs };
}

/** Adds commands. Each is loaded only when selected, so that its `--help` loads only one file. */
export function addContents(
  parent: Command,
  contents: readonly Entry[],
  services: Services,
  defaultCommand?: string,
): void {
  const loaders = new Map<Command, Entry['load']>();
  parent.helpCommand(false).hook('preSubcommand', async (_parent, command) => {
    if (command.name() === defaultCommand) rejectUnknownCommand(parent);
    const part = await loaders.get(command)?.();
    if (part) defineCommand(command, selectVerbs(part, parent.args[1]), services);
  });
  for (const { name, aliases = [], summary, hidden = false, load, heading } of contents) {
    const command = parent
      .command(name, { hidden, isDefault: name === defaultCommand })
      .aliases([...aliases])
      .summary(summary)
      .description(summary);
    if (heading !== undefined) command.helpGroup(heading);
    loaders.set(command, load);
  }
}

/** The word after a noun is a verb or an argument. A verb must not inherit the options of its noun. */
function selectVerbs(part: Leaf | Group, word: string | undefined): Leaf | Group {
  const { verbs = [] } = part;
  return verbs.some(({ name }) => name === word) && 'define' in part ? { contents: verbs } : part;
}

/** Commander passes a misspelled command to the default command as an argument. */
function rejectUnknownCommand(group: Command): void {
  const [word = '-'] = group.args;
  const known = group.commands.flatMap((command) => [command.name(), ...command.aliases()]);
  if (word.startsWith('-') || known.includes(word)) return;
  group.error(`error: unknown command '${word}'${didYouMean(word, known)}`, {
    code: 'commander.unknownCommand',
  });
}

export function defineCommand(command: Command, part: Leaf | Group, services: Services): void {
  if ('define' in part) {
    const { description, examples } = part;
    if (description !== undefined) command.description(description);
    part.define(command, services);
    if (examples !== undefined) command.addHelpText('after', formatExamples(examples));
    command.hook('preAction', () => {
      checkStdinReadOnce(command);
    });
    addOutputOption(command);
    showVerbs(command, part.verbs ?? []);
  } else {
    addSharedOptions(command.description(toSentence(command.summary())), part.options?.() ?? []);
    const entries = [...(part.verbs ?? []), ...part.contents];
    addContents(command, entries, services, part.defaultCommand);
  }
}

/** Lists the verbs in the help of a noun that takes an argument, and so has no subcommands. */
function showVerbs(command: Command, verbs: Verbs): void {
  const shown = verbs.map(({ name, summary }) =>
    new Command(`${pathOf(command)} ${name}`).summary(summary).helpGroup('Verbs:'),
  );
  command.configureHelp({ ...command.configureHelp(), visibleCommands: () => shown });
}

/** Adds `-o json|yaml` to a command that does not define `--output` itself. */
function addOutputOption(command: Command): void {
  if (command.options.some(({ long }) => long === '--output')) return;
  const isShortTaken = command.options.some(({ short }) => short === '-o');
  const flags = isShortTaken ? '--output <format>' : '-o, --output <format>';
  const forms: readonly OutputFormat[] = ['json', 'yaml'];
  command.addOption(new Option(flags, 'output format').choices(forms).hideHelp());
}

/** Adds options that every command of a group accepts. Only the help of the group lists them. */
export function addSharedOptions(command: Command, options: readonly Option[]): void {
  if (options.length === 0) return;
  for (const option of options) command.addOption(option);
  command.configureHelp({
    ...command.configureHelp(),
    visibleGlobalOptions: (visibleCommand) =>
      visibleCommand === command ? [] : options.filter(({ hidden }) => !hidden),
  });
}

function toSentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

/** Finds a subcommand by its name or one of its aliases. */
export function findSubcommand(parent: Command, word: string): Command | undefined {
  return parent.commands.find(
    (command) => command.name() === word || command.aliases().includes(word),
  );
}

/** Returns the full name of a command, e.g. `tpks uaa users`. */
export function pathOf(command: Command): string {
  const name = command.name();
  return command.parent === null ? name : `${pathOf(command.parent)} ${name}`;
}

/** Returns the name of the root command: `tpks`, or the name of a link to it. */
export function findProgramName(command: Command): string {
  return command.parent === null ? command.name() : findProgramName(command.parent);
}

/** Command lines, by comments that say what they do. */
export type Examples = Readonly<Record<string, string>>;

/** Returns a function that formats the examples at the end of a command's help. */
function formatExamples(examples: Examples) {
  return ({ command }: AddHelpTextContext): string => {
    const lines = Object.entries(examples).flatMap(([comment, line]) => [
      `  # ${comment}`,
      `  $ ${line}`,
    ]);
    const title = Object.keys(examples).length === 1 ? 'Example' : 'Examples';
    return ['', command.createHelp().styleTitle(`${title}:`), ...lines].join('\n');
  };
}
