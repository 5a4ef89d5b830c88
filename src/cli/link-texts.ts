import type { Entry } from '../commands/contents.js';
import type { Line } from '../platform/terminal/lines.js';
import type { Terminal } from '../platform/terminal/terminal.js';
import type { Report } from './report.js';

/** Replaces `tpks` with the name of the link in the commands that a text contains, and nowhere else. */
export type Rename = (text: string) => string;

/** Replaces `tpks` with the name of the link, so that users can type the commands in texts as shown. */
export interface LinkTexts {
  readonly rename: Rename;
  /**
   * Renames the commands in messages. Results can contain data from a server, so they are changed only
   * if `namesCommands` is set.
   */
  readonly adaptTerminal: (terminal: Terminal) => Terminal;
  /** Renames the commands in an error, both as text and as JSON. */
  readonly adaptReport: (report: Report) => Report;
}

/**
 * @param link - name of the link.
 * @param contents - the commands at the root of the link.
 * @param group - the command whose subcommands are at the root of the link, e.g. `uaa` for `uaac`;
 *   only commands below it are renamed, because the link has no others.
 */
export function createLinkTexts(
  link: string,
  contents: readonly Entry[],
  group?: string,
): LinkTexts {
  const rename = createRename(link, contents, group);
  return {
    rename,
    adaptTerminal: (terminal) => withLinkName(terminal, rename),
    adaptReport: (report) => renameReport(report, rename),
  };
}

function createRename(link: string, contents: readonly Entry[], group?: string): Rename {
  if (group !== undefined) {
    const path = new RegExp(`${program} ${group}(?![\\w-])`, 'g');
    return (text) => text.replaceAll(path, link);
  }
  const names = contents.flatMap(({ name, aliases = [] }) => [name, ...aliases]).join('|');
  const command = new RegExp(
    `${program}(?=\\s+(?:(?:${names})(?![\\w-])|--?[a-zA-Z]|COMMAND|\\.\\.\\.))`,
    'g',
  );
  return (text) => text.replaceAll(command, link);
}

/** The word `tpks`, but not as a part of a path, a file name or the name in a certificate. */
const program = '(?<![\\w./=-])tpks';

function withLinkName(terminal: Terminal, rename: Rename): Terminal {
  const renameLine = (line: Line): Line =>
    typeof line === 'string'
      ? rename(line)
      : line.map((span) =>
          typeof span === 'string' ? rename(span) : { ...span, text: rename(span.text) },
        );
  return {
    ...terminal,
    note: (text) => {
      terminal.note(rename(text));
    },
    warn: (text) => {
      terminal.warn(rename(text));
    },
    showLive: (lines) => {
      terminal.showLive(lines.map(rename));
    },
    prompt: (question) => terminal.prompt({ ...question, message: rename(question.message) }),
    show: (view) =>
      terminal.show(
        view.namesCommands === true ? { ...view, text: view.text.map(renameLine) } : view,
      ),
    showPage: ({ json, text }) =>
      terminal.showPage({
        json,
        // A command can be wrapped to the next line.
        text: (columns) => rename(text(columns).join('\n')).split('\n'),
      }),
  };
}

function renameReport(report: Report, rename: Rename): Report {
  const { error } = report.json;
  return {
    ...report,
    text: rename(report.text),
    json: {
      error: {
        ...error,
        message: rename(error.message),
        hint: error.hint === null ? null : rename(error.hint),
      },
    },
  };
}
