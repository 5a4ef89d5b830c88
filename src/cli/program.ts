import { Command, CommanderError, Help, Option } from 'commander';
import { addContents, addSharedOptions, type Entry } from '../commands/contents.js';
import { isOn, type Environment } from '../platform/config/environment.js';
import type { Rename } from './link-name.js';
import { parseSeconds } from '../commands/numbers.js';
import type { GlobalOptions, Services } from '../app/services.js';
import { topics } from '../commands/shell/topics.js';
import type { HelpOutput } from '../platform/terminal/help-output.js';
import type { OutputFormat } from '../platform/terminal/terminal.js';
import { formatVersionOutput } from '../base/version.js';

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

/** Options that are accepted anywhere on the command line. */
export function globalOptions(): Option[] {
  return [
    new Option('--context <name>', 'use this context for this command [TPKS_CONTEXT]'),
    new Option('--json', "print the server's own fields as JSON (short for -o json)"),
    new Option('--non-interactive', 'never prompt; exit with 2 if input is missing'),
    new Option('--no-input', 'same as --non-interactive').hideHelp(),
    new Option('--no-color', 'do not use colors [NO_COLOR]'),
    new Option(
      '--timeout <seconds>',
      'time limit for each request (default: 300 for the API, 60 for the UAA)',
    ).argParser(parseSeconds),
    new Option('--trace', 'print each request on stderr, without secrets [TPKS_TRACE]'),
  ];
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

/** Converts the result of {@link sharedOptions} to the options that services use. */
export function toGlobalOptions(
  opts: Readonly<Record<string, unknown>>,
  env: Environment,
): GlobalOptions {
  const { context, timeout } = opts;
  const output = outputForms.find((form) => form === opts['output']);
  return {
    context: typeof context === 'string' ? context : undefined,
    json: opts['json'] === true || output === 'json',
    output,
    interactive: opts['nonInteractive'] !== true && opts['input'] !== false,
    color: opts['color'] !== false,
    timeoutSeconds: typeof timeout === 'number' ? timeout : undefined,
    zone: toZone(opts),
    trace: [opts['trace'], opts['debug']].includes(true) || isOn(env.TPKS_TRACE),
  };
}

export const outputForms: readonly OutputFormat[] = ['table', 'wide', 'json', 'yaml', 'name'];

function toZone({ zone, zoneId }: Readonly<Record<string, unknown>>): GlobalOptions['zone'] {
  if (typeof zoneId === 'string') return { id: zoneId };
  return typeof zone === 'string' ? { subdomain: zone } : undefined;
}
