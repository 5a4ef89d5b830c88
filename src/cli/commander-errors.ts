import type { Command } from 'commander';
import { errorCode, errorMessage, TpksError } from '../base/errors.js';
import { quoteForShell } from '../base/shell-quote.js';
import { findSubcommand } from '../commands/command-table.js';
import { missingArgumentsError, missingOptionsError } from '../commands/missing-input.js';

/** Whether Commander threw the error, about the command line or after help. */
export function isCommanderError(error: unknown): boolean {
  return errorCode(error)?.startsWith('commander.') === true;
}

/** Whether Commander has printed the help or the version that was requested. */
export function isHelpShown(error: unknown): boolean {
  return ['commander.helpDisplayed', 'commander.version'].includes(errorCode(error) ?? '');
}

/** Whether Commander has printed the help of a group, because the subcommand is missing. */
export function isMissingSubcommand(error: unknown): boolean {
  return errorCode(error) === 'commander.help';
}

/** Whether Commander rejected the command line because it does not know a part of it. */
export function isUnknownWord(error: unknown): boolean {
  return [
    'commander.help',
    'commander.unknownCommand',
    'commander.unknownOption',
    'commander.excessArguments',
    'commander.optionMissingArgument',
  ].includes(errorCode(error) ?? '');
}

interface UsageContext {
  readonly program: Command;
  /** Full name of the command, used if commander failed before it reached the command. */
  readonly command: string;
  /** The words that the user typed. */
  readonly argv: readonly string[];
  /** Suggests a command line that can be copied. */
  readonly suggestLine: () => Promise<string | undefined>;
}

/** Converts commander's error about a command line to an error that suggests what the user meant. */
export async function toUsageError(
  error: unknown,
  { program, command, argv, suggestLine }: UsageContext,
): Promise<TpksError> {
  const message = errorMessage(error);
  const selected = findSelected(program);
  const path = program.args.length === 0 ? command : selected.path.join(' ');
  const missing = findMissingInput(error, selected.last, path);
  if (missing !== undefined) return missing;
  // The value of another option is more likely to be a mistake.
  const isOwnOption = /^error: option '(?!-o, --output)/.test(message);
  const missingDashes = isOwnOption ? undefined : findMissingDashes(selected.last, program, argv);
  if (missingDashes !== undefined) return missingDashes;
  if (isUnknownWord(error)) {
    const word = findUnknownWord(selected.last);
    const text = word === undefined ? message : `unknown command '${word}'`;
    const line = await suggestLine();
    if (line !== undefined) return createUsageError(text, path, [`did you mean: ${line}`]);
    if (word !== undefined) return createUsageError(text, path);
  }
  // Every command accepts --output, so only a group without a subcommand does not know it.
  if (isMissingSubcommand(error) || /^error: unknown option '(?:-o|--output)\b/.test(message)) {
    return createUsageError(`Missing subcommand for ${command}`, command);
  }
  return createUsageError(message, path);
}

/**
 * Finds out whether `--` is missing before the command line of another program. Its options, such as `-o`, would be
 * read as options of tpks.
 * @param argv - the words that the user typed.
 */
export function findMissingDashes(
  command: Command,
  program: Command,
  argv: readonly string[],
): TpksError | undefined {
  if (!command.usage().includes(' -- ') || argv.includes('--')) return undefined;
  const options = [...command.options, ...program.options];
  let start = argv.indexOf(command.name()) + 1;
  // Commander has not set the arguments of the command if it rejected the value of an option.
  for (let word = argv[start]; word?.startsWith('-'); word = argv[start]) {
    const [flag] = word.split('=');
    const option = options.find(({ short, long }) => flag === short || flag === long);
    if (option === undefined) return undefined;
    start += option.required && !word.includes('=') ? 2 : 1;
  }
  if (start >= argv.length) return undefined;
  const line = ['tpks', ...argv.slice(0, start), '--', ...argv.slice(start)];
  return new TpksError('usage', 'Missing -- before the command', {
    hint: line.map((each) => quoteForShell(each)).join(' '),
  });
}

/** `--all-contexts` would ignore `--context`, for example in `tpks each`, which would then run in too many clusters. */
export function findIgnoredContext(command: Command, program: Command): TpksError | undefined {
  if (command.opts()['allContexts'] !== true || program.opts()['context'] === undefined) {
    return undefined;
  }
  return new TpksError('usage', '--context and --all-contexts cannot be used together', {
    hint: 'omit --context, or omit --all-contexts',
  });
}

/** Finds the last command that commander selected, and the words that lead to it. */
function findSelected(program: Command): { readonly last: Command; readonly path: string[] } {
  let last = program;
  const path = [program.name()];
  for (;;) {
    const [word = ''] = last.args;
    const next = findSubcommand(last, word);
    if (next === undefined) return { last, path };
    last = next;
    path.push(next.name());
  }
}

/** Names what is missing: arguments, options, the value of an option, or a subcommand. */
function findMissingInput(error: unknown, last: Command, path: string): TpksError | undefined {
  const helpCommand = `${path} --help`;
  switch (errorCode(error) ?? '') {
    case 'commander.missingArgument':
      return missingArgumentsError(
        last.registeredArguments.filter(
          ({ required }, index) => required && index >= last.args.length,
        ),
        `${path} ${last.usage()}`,
        helpCommand,
      );
    case 'commander.missingMandatoryOptionValue': {
      const options = last.options.filter(
        (option) => option.mandatory && last.getOptionValue(option.attributeName()) === undefined,
      );
      return missingOptionsError(
        options.map(({ long, flags }) => long ?? flags),
        helpCommand,
      );
    }
    case 'commander.optionMissingArgument': {
      const [, flags = ''] = /'(.*)'/.exec(errorMessage(error)) ?? [];
      const long = /--[\w-]+/.exec(flags)?.[0] ?? flags;
      return new TpksError('usage', `Missing value for ${long}`, {
        hint: `use ${flags}\n${helpCommand}`,
      });
    }
    default:
      return undefined;
  }
}

/** Finds the word after a group that is not the name of a subcommand. */
function findUnknownWord({ commands, args: [word] }: Command): string | undefined {
  return commands.length > 0 && word !== undefined && !word.startsWith('-') ? word : undefined;
}

/** @param command - full name of the command, whose help the hint names. */
function createUsageError(
  message: string,
  command: string,
  suggestions: readonly string[] = [],
): TpksError {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  // An option of the original CLI. @see docs/contributing/servers/pks-api.md#unknown
  const isPrivateOption = text.startsWith("unknown option '--pre-check'");
  return new TpksError('usage', rewordMessage(text), {
    hint: [
      ...(isPrivateOption ? ['the API for it is not public; see tpks help from-pks'] : []),
      ...suggestions,
      `${command.replace(/ help$/, '')} --help`,
    ].join('\n'),
  });
}

const invalidOptionValue =
  /^option '(?<name>[^']*)' argument '(?<value>.*)' is invalid\. (?<reason>.*)$/u;
const invalidArgument =
  /^command-argument value '(?<value>.*)' is invalid for argument '(?<name>[^']*)'\. (?<reason>.*)$/u;

/**
 * Reports unknown options in the wording of the original CLI.
 * @see docs/contributing/servers/pks-cli.md#errors
 */
function rewordMessage(text: string): string {
  const { groups } = invalidOptionValue.exec(text) ?? invalidArgument.exec(text) ?? {};
  if (groups === undefined) {
    return text
      .replace(/^unknown option '(--[^']*)'/, 'unknown flag: $1')
      .replace(/^unknown option '(-(.)[^']*)'/u, "unknown shorthand flag: '$2' in $1");
  }
  const { name = '', value = '', reason = '' } = groups;
  // The name of an option contains all its flags and its placeholder, e.g. `-o, --output <format>`.
  const longFlag = /--[\w-]+/.exec(name)?.[0] ?? name;
  const expected = reason.replace(/^Allowed choices are (.*)\.$/, 'choose from $1');
  return `Invalid value for ${longFlag}: ${value || '""'} (${expected})`;
}
