import { Command, Option } from 'commander';
import { addContents, addSharedOptions, type Entry } from './commands/contents.js';
import type { Environment } from './config/environment.js';
import { positiveSeconds } from './commands/numbers.js';
import type { GlobalOptions, Services } from './services.js';
import { topics } from './commands/shell/topics.js';
import type { HelpOutput } from './terminal/help-output.js';
import type { OutputForm } from './terminal/terminal.js';
import { versionText } from './version.js';

export interface ProgramInput {
  /** The program's name in help: `tpks`, or the name of a link to it. */
  readonly name: string;
  readonly contents: readonly Entry[];
  /** Options of the group that is the root if the program is called through a link. */
  readonly options?: readonly Option[];
  readonly services: Services;
  /** Receives help that was requested, for stdout. */
  readonly help: Pick<HelpOutput, 'columns' | 'write'>;
  /** Receives help that is shown because of an error, for stderr. */
  readonly complain: (text: string) => void;
}

/** The root command: its options, the commands below it, and the help system. */
export function createProgram({
  name,
  contents,
  options = [],
  services,
  help,
  complain,
}: ProgramInput): Command {
  const program = new Command(name)
    .description('Log in to PKS / TKGI and its UAA, and call both.')
    .usage('[options] <command>')
    .version(versionText(name), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      sortSubcommands: false,
      // The page of a command shows its aliases and arguments.
      subcommandTerm: (command) => command.name(),
      minWidthToWrap: 20,
      // `optionsReference` names them in one line instead.
      longestGlobalOptionTermLength: () => 0,
    })
    // The process edge prints errors, as text or as JSON.
    .configureOutput({
      writeOut: help.write,
      writeErr: complain,
      outputError: () => undefined,
      getOutHelpWidth: () => help.columns() ?? 80,
      // Help contains no colours that would have to be removed.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', topicsSection(name, contents));
  program.addHelpText('afterAll', ({ command }) =>
    command === program ? '' : optionsReference(command),
  );
  for (const option of globalOptions()) program.addOption(option);
  addSharedOptions(program, options);
  addContents(program, contents, services);
  return program;
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
    new Option('--no-input', 'the same').hideHelp(),
    new Option('--no-color', 'do not use colors [NO_COLOR]'),
    new Option('--timeout <seconds>', 'time limit for each request (default: 60)').argParser(
      positiveSeconds,
    ),
    new Option('--trace', 'show requests on stderr, without secrets [TPKS_TRACE]'),
  ];
}

/** Parsed options of the root command, of each group that argv names, and `--output` of its command. */
export function sharedOptions(command: Command): Readonly<Record<string, unknown>> {
  // A group that argv does not name has no subcommands yet.
  const values = command.commands.map((part) => {
    if (part.commands.length > 0) return sharedOptions(part);
    const { output } = part.opts<{ output?: unknown }>();
    return output === undefined ? {} : { output };
  });
  return Object.fromEntries([...values, command.opts()].flatMap((each) => Object.entries(each)));
}

/** Converts {@link sharedOptions} to what the services expect. */
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

export const outputForms: readonly OutputForm[] = ['table', 'wide', 'json', 'yaml', 'name'];

function isOn(variable: string | undefined): boolean {
  return ![undefined, '0'].includes(variable);
}

function toZone({ zone, zoneId }: Readonly<Record<string, unknown>>): GlobalOptions['zone'] {
  if (typeof zoneId === 'string') return { id: zoneId };
  return typeof zone === 'string' ? { subdomain: zone } : undefined;
}
