/** Formats the help of a command as a man page, with the macros of man(7). */

/** @import { Command, Help, Option } from 'commander' */
/** @import { CommandNode } from '../docs/command-tree.mjs' */

/**
 * @typedef {object} Release
 * @property {string} version
 * @property {string} date - date of the release, as YYYY-MM-DD.
 */

/** Escape sequences for characters that formatters would replace with typographic ones. */
const escapes = new Map([
  ['\\', '\\e'],
  ['-', '\\-'],
  ["'", '\\(aq'],
  ['`', '\\(ga'],
  ['^', '\\(ha'],
  ['~', '\\(ti'],
]);

/** mandoc reports longer lines. */
const maxLineLength = 80;

/**
 * @param {CommandNode} node
 * @returns the name of the man page, such as `tpks-uaa-users`.
 */
export function pageName({ path }) {
  return path.join('-');
}

/**
 * @param {CommandNode} node
 * @param {string} notes - the texts that the help prints after the options.
 * @param {Release} release
 * @returns the source of the man page.
 */
export function createManPage(node, notes, { version, date }) {
  const { path, command, children } = node;
  const help = command.createHelp();
  const name = pageName(node);
  const sections = notes.trim().split(/\n\n+/).map(toNote);
  const lines = [
    `.TH ${name.toUpperCase()} 1 "${date}" "tpks ${version}" "tpks manual"`,
    // Turn off hyphenation, so that command names are not split.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${escape(name)} \\- ${escape(summaryOf(node))}`,
    '.SH SYNOPSIS',
    ...wrap(`\\fB${escape(path.join(' '))}\\fR ${formatPlaceholders(command.usage())}`),
    '.SH DESCRIPTION',
    ...formatProse(command.description()),
    ...formatAliases(command),
    ...formatList(
      'ARGUMENTS',
      help
        .visibleArguments(command)
        .map((argument) => [
          `\\fI${escape(help.argumentTerm(argument))}\\fR`,
          help.argumentDescription(argument),
        ]),
    ),
    ...formatList(
      'OPTIONS',
      help.visibleOptions(command).map((option) => toOptionItem(option, help)),
    ),
    ...formatList(
      'COMMANDS',
      children.map((child) => [`\\fB${escape(child.path.join(' '))}\\fR`, summaryOf(child)]),
    ),
    ...sections.flatMap(({ lines }) => lines),
    '.SH SEE ALSO',
    [...(path.length > 1 ? [path.slice(0, -1).join('-')] : []), ...children.map(pageName)]
      .map((page) => `\\fB${escape(page)}\\fR(1)`)
      .join(',\n'),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {CommandNode} node */
function summaryOf({ entry, command }) {
  return entry?.summary ?? lowerFirst(command.description().replace(/\.$/, ''));
}

/** @param {string} text */
function lowerFirst(text) {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** @param {Command} command */
function formatAliases(command) {
  const aliases = command.aliases().map((alias) => `\\fB${escape(alias)}\\fR`);
  if (aliases.length === 0) return [];
  return ['.PP', `${aliases.length === 1 ? 'Alias' : 'Aliases'}: ${aliases.join(', ')}`];
}

/**
 * @param {string} title
 * @param {[term: string, description: string][]} items - each term is already escaped.
 */
function formatList(title, items) {
  if (items.length === 0) return [];
  return [`.SH ${title}`, ...items.flatMap(([term, text]) => ['.TP', term, ...formatProse(text)])];
}

/**
 * @param {Option} option
 * @param {Help} help
 * @returns {[string, string]}
 */
function toOptionItem(option, help) {
  const flags = option.flags
    .split(/(<[^>]+>|\[[^\]]+\])/)
    .map((part, index) =>
      index % 2 === 1
        ? formatPlaceholders(part)
        : escape(part).replaceAll(/(?:\\-)+\w(?:[\w]|\\-)*/g, '\\fB$&\\fR'),
    )
    .join('');
  return [flags, help.optionDescription(option)];
}

/**
 * Prints placeholders such as `<name>` and `[name]` in italics, without the angle brackets.
 *
 * @param {string} text
 */
function formatPlaceholders(text) {
  return escape(text)
    .replaceAll(/<([^>]+)>/g, '\\fI$1\\fR')
    .replaceAll(/\[([^\]]+)\]/g, '[\\fI$1\\fR]');
}

/**
 * Converts a block of text below the options to a section if it has a title, such as `Examples:`,
 * and otherwise to a paragraph.
 *
 * @param {string} block
 */
function toNote(block) {
  const [first = '', ...rest] = block.split('\n');
  if (first.startsWith('Global options: ')) return { lines: formatGlobalOptions(first) };
  if (!first.endsWith(':') || !rest.every((line) => line.startsWith('  '))) {
    return { lines: ['.SH NOTES', ...formatProse(block)] };
  }
  return {
    lines: [
      `.SH ${first.slice(0, -1).toUpperCase()}`,
      '.EX',
      ...rest.map((line) => protect(escape(line.slice(2)))),
      '.EE',
    ],
  };
}

/** @param {string} line - e.g. `Global options: tpks --help, tpks uaa --help`. */
function formatGlobalOptions(line) {
  const pages = line
    .replace('Global options: ', '')
    .split(', ')
    .map((command) => `\\fB${escape(command.replace(/ --help$/, '').replaceAll(' ', '-'))}\\fR(1)`);
  return ['.SH GLOBAL OPTIONS', `See ${pages.join(' and ')}.`];
}

/**
 * Formats a paragraph, with each sentence on a new line, as mandoc recommends.
 *
 * @param {string} text
 */
function formatProse(text) {
  return escape(text.replaceAll(/\s+/g, ' ').trim())
    .split(/(?<=[.:;]) (?=[A-Z])/)
    .flatMap(wrap);
}

/** @param {string} text - escaped. */
function wrap(text) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > maxLineLength) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map(protect);
}

/**
 * Escapes a dot at the start of a line, which would start a macro.
 *
 * @param {string} line
 */
function protect(line) {
  return line.replace(/^\./, '\\&.');
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll(/[\\\-'`^~]/g, (character) => escapes.get(character) ?? character);
}
