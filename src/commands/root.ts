import type { Option } from 'commander';
import type { LinkTexts } from '../link-name.js';
import { isPksLink } from '../pks-link.js';
import type { Entry } from './contents.js';
import { contents as rootContents } from './index.js';
import { unavailableCommands } from './unavailable.js';

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
    const [{ contents, options }, { createLinkTexts }] = await Promise.all([
      import('./uaa/index.js'),
      import('../link-name.js'),
    ]);
    const link = createLinkTexts(programName, contents, 'uaa');
    return { name: programName, contents, options: options(), link };
  }
  const contents = [...rootContents, ...unavailableCommands];
  if (!isPksLink(programName)) return { name: 'tpks', contents };
  const { createLinkTexts } = await import('../link-name.js');
  return {
    name: programName,
    contents,
    link: createLinkTexts(programName, rootContents),
  };
}
