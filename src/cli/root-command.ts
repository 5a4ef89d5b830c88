import { Command, CommanderError, Help, type Option } from 'commander';
import type { Services } from '../app/services.js';
import { formatVersionOutput } from '../base/version.js';
import { addContents, addSharedOptions, type Entry } from '../commands/contents.js';
import { globalOptions } from '../commands/global-options.js';
import { topics } from '../commands/help/topics.js';
import type { HelpOutput } from '../platform/terminal/stdout.js';
import type { Rename } from './link-texts.js';

export interface ProgramInput {
  /** Name of the program in help: `tpks`, or the name of a link to it. */
  readonly name: string;
  readonly contents: readonly Entry[];
  /** Options of the command group that a link such as `uaac` makes the root. */
  readonly options?: readonly Option[];
  readonly services: Services;
  /** Receives help that was requested, for stdout. */
  readonly help: Pick<HelpOutput, 'columns' | 'write'>;
  /** Receives help that is shown because of an error, for stderr. */
  readonly writeError: (text: string) => void;
  /** Replaces `tpks` with the name of the link in texts; absent without a link. */
  readonly rename?: Rename | undefined;
}

/** Creates the root command with the global options, the commands in `contents` and the help. */
export function createProgram({
  name,
  contents,
  options = [],
  services,
  help,
  writeError,
  rename = (text) => text,
}: ProgramInput): Command {
  const program = new Command(name)
    .description('Manage VMware PKS / TKGI clusters, and the users and clients of the UAA.')
    .usage('[options] <command>')
    .version(formatVersionOutput(name), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      sortSubcommands: false,
      // The page of a command shows its aliases and arguments.
      subcommandTerm: (command) => command.name(),
      minWidthToWrap: 20,
      // `optionsReference` names them in one line instead.
      longestGlobalOptionTermLength: () => 0,
      // Renames commands before lines are wrapped, because the name determines how much fits on a line.
      boxWrap(this: Help, text, width) {
        return Help.prototype.boxWrap.call(this, rename(text), width);
      },
    })
    // run() prints errors, as text or as JSON.
    .configureOutput({
      writeOut: (text) => {
        help.write(rename(text));
      },
      writeErr: (text) => {
        writeError(rename(text));
      },
      outputError: () => undefined,
      getOutHelpWidth: () => help.columns() ?? 80,
      // Help contains no colors, so Commander does not have to remove them.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', topicsSection(name, contents));
  program.addHelpText('afterAll', ({ command }) =>
    command === program ? '' : optionsReference(command),
  );
  program.on('beforeAllHelp', ({ command }: { readonly command: Command }) => {
    rejectUnknownCommand(command);
  });
  for (const option of globalOptions()) program.addOption(option);
  addSharedOptions(program, options);
  addContents(program, contents, services);
  return program;
}

/** For `tpks nosuch --help`, commander would show the help of `tpks`. */
function rejectUnknownCommand(group: Command): void {
  const [word] = group.args;
  if (group.commands.length === 0 || word === undefined || word.startsWith('-')) return;
  throw new CommanderError(2, 'commander.unknownCommand', `error: unknown command '${word}'`);
}

/** The end of the root help: the topics, and where to find more. */
function topicsSection(name: string, contents: readonly Entry[]): string {
  if (!contents.some((entry) => entry.name === 'help')) {
    return `\nUse "${name} <command> --help" for details.`;
  }
  const width = Math.max(...topics.map((topic) => topic.name.length));
  const lines = topics.map((topic) => `  ${topic.name.padEnd(width)}  ${topic.summary}`);
  return [
    '',
    'Help topics:',
    ...lines,
    '',
    `Use "${name} <command> --help" or "${name} help <topic>" for details.`,
  ].join('\n');
}

/** The last line of a command's help: the pages with the options that it has in common with others. */
function optionsReference(command: Command): string {
  const shared = command.createHelp().visibleGlobalOptions(command);
  const pages: string[] = [];
  for (let group = command.parent; group !== null; group = group.parent) {
    const { options, parent } = group;
    if (parent === null || options.some((option) => shared.includes(option))) {
      pages.unshift(`${pathOf(group)} --help`);
    }
  }
  return `\nGlobal options: ${pages.join(', ')}`;
}

/** The words that lead to a command, e.g. `tpks uaa`. */
function pathOf(command: Command): string {
  const name = command.name();
  return command.parent === null ? name : `${pathOf(command.parent)} ${name}`;
}

/** Collects the parsed options of the root and of each selected group, and `--output` of the command. */
export function sharedOptions(command: Command): Readonly<Record<string, unknown>> {
  // Only the selected group has subcommands at this point.
  const values = command.commands.map((part) => {
    if (part.commands.length > 0) return sharedOptions(part);
    const { output } = part.opts<{ output?: unknown }>();
    return output === undefined ? {} : { output };
  });
  return Object.fromEntries([...values, command.opts()].flatMap((opts) => Object.entries(opts)));
}
