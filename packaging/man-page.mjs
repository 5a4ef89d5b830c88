/** Formats the help of a command as a man page, with the macros of man(7). */

/** @import { CommandNode } from '../tools/docs/command-tree.mjs' */

/** Escape sequences for characters that formatters would replace with typographic ones. */
const escapes = new Map([
  ['\\', '\\e'],
  ['-', '\\-'],
  ["'", '\\(aq'],
  ['`', '\\(ga'],
  ['^', '\\(ha'],
  ['~', '\\(ti'],
]);

/**
 * @param {CommandNode} node
 * @returns the name of the man page, such as `tpks-uaa-users`.
 */
export function formatPageName({ path }) {
  return path.join('-');
}

/**
 * Each block of the help that has a title, such as `Options:`, becomes a section with the same lines.
 *
 * @param {CommandNode} node
 * @param {object} release
 * @param {string} release.version
 * @param {string} release.date - YYYY-MM-DD.
 * @returns the source of the man page.
 */
export function createManPage(node, { version, date }) {
  const [usage = '', description = '', ...blocks] = (node.manual ?? node.help).split('\n\n');
  const parents = node.path.length > 1 ? [node.path.slice(0, -1).join('-')] : [];
  const related = [...parents, ...node.children.map(formatPageName)];
  const lines = [
    `.TH ${formatPageName(node).toUpperCase()} 1 "${date}" "tpks ${version}" "tpks manual"`,
    // Turn off hyphenation, so that command names are not split.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${escape(formatPageName(node))} \\- ${escape(node.summary)}`,
    '.SH SYNOPSIS',
    escape(usage.replace('Usage: ', '')),
    '.SH DESCRIPTION',
    escape(description),
    ...blocks.flatMap(formatBlock),
    '.SH SEE ALSO',
    related.map((page) => `\\fB${escape(page)}\\fR(1)`).join(',\n'),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {string} block */
function formatBlock(block) {
  const [title = '', ...lines] = block.split('\n');
  if (!title.endsWith(':')) return ['.SH NOTES', escape(block).replaceAll('\n', '\n.br\n')];
  const contents = lines.map((line) => line.replace(/^ {2}/, '')).join('\n');
  return [`.SH ${title.slice(0, -1).toUpperCase()}`, '.EX', escape(contents), '.EE'];
}

/** @param {string} text */
function escape(text) {
  return (
    text
      .replaceAll(/[\\\-'`^~]/g, (character) => escapes.get(character) ?? character)
      // A dot at the start of a line would start a macro.
      .replaceAll(/^\./gm, '\\&.')
  );
}
