import { Command, CommanderError, Help } from 'commander';
import type { GlobalOptions } from '../app/runtime.js';
import type { RunningServices, Services } from '../app/services.js';
import { exitCodes } from '../base/errors.js';
import {
  addContents,
  addSharedOptions,
  findSubcommand,
  pathOf,
} from '../commands/command-table.js';
import { globalOptions, toGlobalOptions } from '../commands/global-options.js';
import { formatRootHelp } from '../commands/root-help.js';
import { formatBold } from '../platform/terminal/lines.js';
import type { HelpOutput } from '../platform/terminal/stdout.js';
import type { Screen } from '../platform/terminal/terminal-io.js';
import {
  findIgnoredContext,
  findMissingDashes,
  isCommanderError,
  isHelpShown,
  isMissingSubcommand,
  isUnknownWord,
  toUsageError,
} from './commander-errors.js';
import { findRequestedFormat, toCommanderWords } from './commander-words.js';
import type { Root } from './links.js';

interface FrontEndInput {
  readonly argv: readonly string[];
  readonly root: Root;
  readonly services: RunningServices;
  readonly help: HelpOutput;
  readonly io: { readonly stderr: Screen };
  /** Whether the options and the environment allow colors. @param isTty - whether they are for a terminal. */
  readonly isColored: (isTty: boolean) => boolean;
  /** Printed to stdout instead of an error about an unknown command or option. */
  readonly unknownText?: readonly string[];
}

/** Parses a command line with commander, and runs its command. */
export class CommanderFrontEnd {
  private readonly input: FrontEndInput;
  private readonly program: Command;
  /** Set when the whole command line is parsed. */
  private parsedOptions: GlobalOptions | undefined;

  constructor(input: FrontEndInput) {
    const { root, services, help, io, isColored } = input;
    this.input = input;
    this.program = createProgram({
      ...root,
      services,
      help,
      writeError: (text) => {
        if (!this.wantsJson()) io.stderr.write(text);
      },
      hasColors: {
        help: () => isColored(help.columns() !== undefined),
        error: () => isColored(io.stderr.isTTY === true),
      },
    });
    this.program.hook('preAction', (_program, command) => {
      this.parsedOptions = this.globalOptions();
      const error =
        findMissingDashes(command, this.program, input.argv) ??
        findIgnoredContext(command, this.program);
      if (error !== undefined) throw error;
    });
  }

  globalOptions(): GlobalOptions {
    return this.parsedOptions ?? toGlobalOptions(readSharedOptions(this.program));
  }

  wantsJson(): boolean {
    return this.parsedOptions?.json ?? findRequestedFormat(this.input.argv) === 'json';
  }

  commandPath(): readonly string[] {
    let command = this.program;
    const path = [command.name()];
    for (const word of this.input.argv) {
      const next = findSubcommand(command, word);
      if (next === undefined) continue;
      command = next;
      path.push(next.name());
    }
    return path;
  }

  /**
   * @returns the exit code, if all output is printed, including the help for an incomplete command line.
   * @throws the errors of the command; `usage` if commander rejects the command line.
   */
  async run(): Promise<number> {
    const { argv, root, help, services, unknownText } = this.input;
    try {
      await this.program.parseAsync(toCommanderWords(argv, root), { from: 'user' });
      return 0;
    } catch (error) {
      // After printing help, Commander throws an error without a message.
      await help.flush();
      if (!isCommanderError(error)) throw error;
      if (isHelpShown(error)) return 0;
      const isText = !this.wantsJson();
      if (unknownText !== undefined && isText && isUnknownWord(error)) {
        await services.terminal.show({ json: null, text: unknownText });
        return exitCodes.usage;
      }
      // Commander has shown the help of the group.
      if (isText && isMissingSubcommand(error)) return exitCodes.usage;
      throw await toUsageError(error, {
        program: this.program,
        command: this.commandPath().join(' '),
        argv,
        suggestLine: () => this.suggestLine(),
      });
    }
  }

  private async suggestLine(): Promise<string | undefined> {
    const { suggestCommandLine } = await import('./suggest-command.js');
    const { root, services } = this.input;
    if (root.link.name === 'uaac') return undefined;
    // Commander has removed the global options, which can be anywhere.
    return suggestCommandLine(this.program.args, { contents: root.contents, services });
  }
}

interface ProgramInput extends Root {
  readonly services: Services;
  /** Receives help that was requested, for stdout. */
  readonly help: Pick<HelpOutput, 'columns' | 'write'>;
  /** Receives help that is shown because of an error, for stderr. */
  readonly writeError: (text: string) => void;
  /** Whether headings are bold; by default, they are not. */
  readonly hasColors?: Readonly<Record<'help' | 'error', () => boolean>>;
}

const notColored = { help: () => false, error: () => false };

/** Creates the root command with the global options, the commands in `contents` and the help. */
export function createProgram(input: ProgramInput): Command {
  const { link, contents, options, rename, services, help, writeError } = input;
  const { hasColors = notColored } = input;
  // Help for a terminal shows no backticks.
  const quote = (text: string) => (help.columns() === undefined ? text : text.replaceAll('`', '"'));
  const program = new Command(link.name)
    .description('Manage VMware PKS / TKGI clusters, and the users and clients of the UAA.')
    .usage('[options] <command>')
    .version(link.versionText, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      sortSubcommands: false,
      // The page of a command shows its aliases and arguments.
      subcommandTerm: (command) => command.name(),
      minWidthToWrap: 20,
      // Commander removes the style if there are no colors.
      styleTitle: formatBold,
      // `optionsReference` names them in one line instead.
      longestGlobalOptionTermLength: () => 0,
      // Renames commands before lines are wrapped, because the name determines how much fits on a line.
      boxWrap(this: Help, text, width) {
        return Help.prototype.boxWrap.call(this, quote(rename(text)), width);
      },
      formatHelp(this: Help, command, helper) {
        return command.parent === null && link.name !== 'uaac'
          ? formatRootHelp(contents, helper.commandUsage(command), helper)
          : Help.prototype.formatHelp.call(this, command, helper);
      },
    })
    // Commander must not print errors: `parseAsync` throws them.
    .configureOutput({
      writeOut: (text) => {
        help.write(rename(text));
      },
      writeErr: (text) => {
        writeError(rename(text));
      },
      outputError: () => undefined,
      getOutHelpWidth: () => help.columns() ?? 80,
      getOutHasColors: hasColors.help,
      getErrHasColors: hasColors.error,
    })
    .showSuggestionAfterError()
    .exitOverride();
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

/** The last lines of a command's help: the options that it has in common with others, and where they are described. */
function optionsReference(command: Command): string {
  const help = command.createHelp();
  const shared = help.visibleGlobalOptions(command);
  const groups: Command[] = [];
  for (let group = command.parent; group !== null; group = group.parent) {
    if (group.options.some((option) => shared.includes(option))) groups.unshift(group);
  }
  const listed = help.visibleOptions(command).flatMap(({ short, long }) => [short, long]);
  const names = ['--context', '--json', '-o', '--timeout'].filter((name) => !listed.includes(name));
  const lines = groups.map((group) => {
    const own = group.options.filter((option) => shared.includes(option)).map(({ long }) => long);
    const path = pathOf(group);
    return `${help.styleTitle(`Options of ${path}:`)} ${own.join(', ')} (${path} --help)`;
  });
  const global = `${help.styleTitle('Global options:')} ${names.join(', ')} (tpks help options)`;
  return ['', ...lines, global].join('\n');
}

/** Collects the parsed options of the root and of each selected group, and `--output` and `--yes` of the command. */
function readSharedOptions(command: Command): Readonly<Record<string, unknown>> {
  // Only the selected group has subcommands at this point.
  const values = command.commands.map((part) => {
    if (part.commands.length > 0) return readSharedOptions(part);
    const { output, yes } = part.opts<{ output?: unknown; yes?: unknown }>();
    return { ...(output === undefined ? {} : { output }), ...(yes === undefined ? {} : { yes }) };
  });
  return Object.fromEntries([...values, command.opts()].flatMap((opts) => Object.entries(opts)));
}
