import type { AddHelpTextContext } from 'commander';
import { findProgramName } from './contents.js';

/** Command lines, by comments that say what they do. */
export type Examples = Readonly<Record<string, string>>;

/**
 * Returns a function that formats the examples at the end of a command's help. Links show them without comments.
 * @param linkTitle - the title that links show; `Example` or `Examples` by default.
 */
export function formatExamples(examples: Examples, linkTitle?: string) {
  return ({ command }: AddHelpTextContext): string => {
    const isLink = findProgramName(command) !== 'tpks';
    const lines = Object.entries(examples).flatMap(([comment, line]) =>
      isLink ? [`  $ ${line}`] : [`  # ${comment}`, `  $ ${line}`],
    );
    const plural = Object.keys(examples).length === 1 ? 'Example' : 'Examples';
    const title = (isLink ? linkTitle : undefined) ?? plural;
    return ['', command.createHelp().styleTitle(`${title}:`), ...lines].join('\n');
  };
}
