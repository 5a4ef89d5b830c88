import { findCommand, topics, type UaacCommand, type UaacTopic } from './commands.js';
import { globalOptions, type UaacOption } from './options.js';

/**
 * Formats the help for a command or a topic. If there are no words, formats the help for all commands.
 * @returns `undefined` if the words match neither a command nor a topic.
 */
export function formatHelp(words: readonly string[]): readonly string[] | undefined {
  if (words.length === 0) return formatOverview();
  const command = findCommand(words);
  if (command !== undefined) return ['', ...formatCommand(command), ''];
  const names = words.map((word) => word.toLowerCase());
  const topic = topics.find(({ synonyms }) => synonyms.some((name) => names.includes(name)));
  return topic && ['', ...formatTopic(topic), ''];
}

function formatOverview(): readonly string[] {
  return [
    '',
    'UAA Command Line Interface',
    ...topics.flatMap(formatTopic),
    '',
    'Global options:',
    ...globalOptions.map((option) => `  ${formatOption(option)}`),
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
