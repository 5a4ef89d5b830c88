import type { Option } from 'commander';
import { TpksError } from '../base/errors.js';
import type { Link } from '../base/link.js';
import { withVerbs, type Entry } from '../commands/command-table.js';
import { contents as rootContents } from '../commands/index.js';
import type { Line } from '../platform/terminal/lines.js';
import type { Terminal } from '../platform/terminal/terminal.js';

/** The commands of the program under one of its names, and how texts name them. */
export interface Root {
  readonly link: Link;
  readonly contents: readonly Entry[];
  /** Options of the `uaa` command group, which is the root of the link `uaac`. */
  readonly options: readonly Option[];
  /** Replaces `tpks` with the name of the link in the commands that a text contains, and nowhere else. */
  readonly rename: (text: string) => string;
}

/** A link that is named after a replaced tool provides that tool's commands at its root. */
export async function findRoot(link: Link): Promise<Root> {
  if (link.name === 'uaac') {
    const { contents, options } = await import('../commands/uaa/index.js');
    return { link, contents, options: options(), rename: (text) => renameGroup(text, 'uaa', link) };
  }
  const contents = [...rootContents, ...unavailableCommands];
  // In an existing script, `pks cluster list` shows a cluster whose name is `list`.
  return link.name === 'tpks'
    ? { link, contents: withVerbs(contents), options: [], rename: (text) => text }
    : { link, contents, options: [], rename: createRename(rootContents, link) };
}

/** The word `tpks`, but not as a part of a path, a file name or the name in a certificate. */
const tpksPattern = '(?<![\\w./=-])tpks';

/** Replaces `tpks GROUP`: a link whose root is a group has no other commands. */
function renameGroup(text: string, group: string, { name }: Link): string {
  return text.replaceAll(new RegExp(`${tpksPattern} ${group}(?![\\w-])`, 'g'), name);
}

function createRename(contents: readonly Entry[], link: Link): Root['rename'] {
  const names = contents.flatMap(({ name, aliases = [] }) => [name, ...aliases]).join('|');
  // Only `tpks` has verbs such as `cluster list`.
  const verbs = contents
    .flatMap(({ name, verbs: own = {} }) => Object.keys(own).map((verb) => `${name}\\s+${verb}`))
    .join('|');
  const command = new RegExp(
    `${tpksPattern}(?!\\s+(?:${verbs})(?![\\w-]))(?=\\s+(?:(?:${names})(?![\\w-])|--?[a-zA-Z]|COMMAND|\\.\\.\\.))`,
    'g',
  );
  return (text) => text.replaceAll(command, link.name);
}

/**
 * Renames the commands in messages, so that users can type them as shown. Results can contain data from a
 * server, so they are changed only if `namesCommands` is set.
 */
export function withRenamedCommands(terminal: Terminal, rename: Root['rename']): Terminal {
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
      terminal.showLive(lines.map(renameLine));
    },
    prompt: (question) => terminal.prompt({ ...question, message: rename(question.message) }),
    show: (view) =>
      terminal.show(
        view.namesCommands === true ? { ...view, text: view.text.map(renameLine) } : view,
      ),
    showPage: ({ text, ...page }) =>
      terminal.showPage({
        ...page,
        // A command can be wrapped to the next line.
        text: (columns) => rename(text(columns).join('\n')).split('\n'),
      }),
  };
}

const notPublic = 'the API for it is not public';
const sinksRemoved = 'sinks were removed from the API after PKS 1.5';

/**
 * Commands of the original CLI that tpks does not have. They accept all arguments and options, even
 * `--help`, and fail with the reason. Help and completion omit them.
 * @see docs/contributing/servers/pks-cli.md#commands
 */
const unavailableCommands: readonly Entry[] = [
  unavailable('certificates', notPublic),
  unavailable('rotate-certificates', notPublic, ['rotate-certs']),
  unavailable('promote-cluster-to-policy', notPublic, ['promote-cluster']),
  unavailable('sinks', sinksRemoved),
  unavailable('create-sink', sinksRemoved),
  unavailable('delete-sink', sinksRemoved),
];

function unavailable(name: string, reason: string, aliases: readonly string[] = []): Entry {
  return {
    name,
    aliases,
    summary: `not available: ${reason}`,
    hidden: true,
    load: () =>
      Promise.resolve({
        define: (command) => {
          command
            .helpOption(false)
            .allowUnknownOption()
            .argument('[words...]')
            .action(() => {
              const message = `The command ${name} is not available: ${reason}`;
              throw new TpksError('failed', message, { hint: 'see tpks help from-pks' });
            });
        },
      }),
  };
}
