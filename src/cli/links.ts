import type { Option } from 'commander';
import { TpksError } from '../base/errors.js';
import { isPksLink } from '../base/program-name.js';
import type { Entry } from '../commands/contents.js';
import { contents as rootContents } from '../commands/index.js';
import { createLinkTexts, type LinkTexts } from './link-texts.js';

/** The commands and options of the program under one of its names. */
export interface Root {
  readonly name: string;
  readonly contents: readonly Entry[];
  /** Options of the command group that a link such as `uaac` makes the root. */
  readonly options?: readonly Option[];
  /** Replaces `tpks` with the name of the link in texts; `undefined` without a link. */
  readonly link?: LinkTexts;
}

/** A link that is named after a replaced tool provides that tool's commands at its root. */
export async function findRoot(programName = ''): Promise<Root> {
  if (programName === 'uaac') {
    const { contents, options } = await import('../commands/uaa/index.js');
    const link = createLinkTexts(programName, contents, 'uaa');
    return { name: programName, contents, options: options(), link };
  }
  const contents = [...rootContents, ...unavailableCommands];
  if (!isPksLink(programName)) return { name: 'tpks', contents };
  return {
    name: programName,
    contents,
    link: createLinkTexts(programName, rootContents),
  };
}

const notPublic = 'the API for it is not public';
const sinksRemoved = 'sinks were removed from the API after PKS 1.5';

/**
 * Commands of the original CLI that tpks does not have. They accept all arguments and options, even
 * `--help`, and fail with the reason. Help and completion omit them.
 * @see pks-cli, section 1, and pks-api, section 12
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
