import { globalOptions, type UaacOption } from './options.js';
import { topics } from './commands.js';
import type { UaacCommand, UaacTopic } from './define-command.js';
import { uaacError, type UaacError } from './uaac-error.js';
import type { UaacRun } from './uaac-run.js';

/** Prints all commands, or the help of a topic or a command. */
export async function help({ args, print }: UaacRun): Promise<void> {
  if (args.length === 0) return print(...formatOverview());
  await print(...(isWordTree(args) ? formatWordTree() : (formatHelp(args) ?? [])));
}

/** @returns the error if `uaac` has no help for these words. */
export function unknownHelpError(words: readonly string[]): UaacError | undefined {
  if (isWordTree(words) || formatHelp(words) !== undefined) return undefined;
  const message = `No command or topic found to match: ${words.join(' ').toLowerCase()}`;
  return uaacError('', message);
}

function isWordTree(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === 'commands';
}

/** Formats the help of a command or a topic; `undefined` if the words match neither. */
export function formatHelp(words: readonly string[]): readonly string[] | undefined {
  const command = topics
    .flatMap((topic) => topic.commands)
    .find((each) => each.words.every((word, index) => words[index] === word));
  if (command !== undefined) return ['', ...formatCommand(command), ''];
  const names = words.map((word) => word.toLowerCase());
  const topic = topics.find(({ synonyms }) => synonyms.some((name) => names.includes(name)));
  return topic && ['', ...formatTopic(topic), ''];
}

function formatOverview(): readonly string[] {
  const options = globalOptions.map((option) => `  ${formatOption(option)}`);
  return [
    '',
    'UAA Command Line Interface',
    ...topics.flatMap(formatTopic),
    '',
    'Global options:',
    ...options,
    '',
    'More commands of tpks for the UAA: tpks uaa --help',
    '',
  ];
}

function formatTopic(topic: UaacTopic): readonly string[] {
  return ['', topic.title, ...topic.commands.flatMap(formatCommand)];
}

/** The column of the descriptions and of the options. */
const optionColumn = 35;

function formatCommand({ words, usage, summary, options }: UaacCommand): readonly string[] {
  return [
    ...formatColumns([...words, usage].filter(Boolean).join(' '), summary),
    ...options.map((option) => `${' '.repeat(optionColumn)}${formatOption(option)}`),
  ];
}

/** Puts the text next to the term, or on the next line if the term is too long. */
function formatColumns(term: string, text: string): readonly string[] {
  const start = `  ${term}`;
  return start.length < optionColumn
    ? [`${start.padEnd(optionColumn)}${text}`]
    : [start, `${' '.repeat(optionColumn)}${text}`];
}

function formatOption({ name, letter, kind, value, help: text }: UaacOption): string {
  const long = `--${kind === 'toggle' ? '[no-]' : ''}${name}${value === undefined ? '' : ` ${value}`}`;
  const names = letter === undefined ? long : `-${letter} | ${long}`;
  return text === undefined ? names : `${names}, ${text}`;
}

interface Branch {
  readonly children: Map<string, Branch>;
}

/** The words of all commands as a tree, indented with tabs, for the completion script of `uaac`. */
function formatWordTree(): readonly string[] {
  const root = new Map<string, Branch>();
  for (const { words, options } of topics.flatMap((topic) => topic.commands)) {
    let children = root;
    for (const word of words) {
      const branch = children.get(word) ?? { children: new Map<string, Branch>() };
      children.set(word, branch);
      ({ children } = branch);
    }
    if (options.length > 0)
      children.set(options.map(spellOption).join(' '), { children: new Map() });
  }
  root.set(globalOptions.map(spellOption).join(' '), { children: new Map() });
  return ['uaac', ...formatBranches(root, 1)];
}

function formatBranches(branches: ReadonlyMap<string, Branch>, depth: number): string[] {
  return [...branches].flatMap(([word, { children }]) => [
    `${'\t'.repeat(depth)}${word}`,
    ...formatBranches(children, depth + 1),
  ]);
}

function spellOption({ name, kind }: UaacOption): string {
  return kind === 'toggle' ? `--${name} --no-${name}` : `--${name}`;
}
