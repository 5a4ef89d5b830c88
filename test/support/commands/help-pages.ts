import type { Command } from 'commander';
import type { Services } from '../../../src/app/services.js';
import { findLink } from '../../../src/base/link.js';
import { createProgram } from '../../../src/cli/front-end.js';
import { findRoot, type Root } from '../../../src/cli/links.js';
import { defineCommand, type Entry } from '../../../src/commands/command-table.js';

/** The help page of one command, as `--help` prints it without a terminal. */
export interface HelpPage {
  /** The words of the command, e.g. `tpks uaa user add`. */
  readonly command: string;
  readonly summary: string;
  readonly description: string;
  readonly text: string;
  /** Whether the command is a group of other commands. */
  readonly isGroup: boolean;
}

const tpksRoot = await findRoot(findLink('tpks'));

/** Renders the help pages of all commands except hidden ones, 80 columns wide. */
export async function renderHelpPages(root: Root = tpksRoot): Promise<HelpPage[]> {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  // Defining a command needs no services; only running it does.
  const services = {} as Services;
  const program = createProgram({
    ...root,
    services,
    help: { columns: () => 80, write },
    writeError: write,
  });
  const pageOf = (command: Command, words: string, isGroup: boolean): HelpPage => {
    printed = '';
    command.outputHelp();
    const { text, summary, description } = {
      text: printed,
      summary: command.summary(),
      description: command.description(),
    };
    return { command: words, summary, description, text, isGroup };
  };
  const pagesBelow = async (
    parent: Command,
    entries: readonly Entry[],
    path: string,
  ): Promise<HelpPage[]> => {
    const pages: HelpPage[] = [];
    for (const { name, hidden = false, load } of entries) {
      const command = parent.commands.find((child) => child.name() === name);
      if (hidden || command === undefined) continue;
      const part = await load();
      defineCommand(command, part, services);
      const words = `${path} ${name}`;
      pages.push(pageOf(command, words, 'contents' in part));
      if ('contents' in part) pages.push(...(await pagesBelow(command, part.contents, words)));
    }
    return pages;
  };
  return [
    pageOf(program, root.link.name, true),
    ...(await pagesBelow(program, root.contents, root.link.name)),
  ];
}

/** Returns the commands after `  $ ` in a help page, and joins lines that end in a backslash. */
export function examplesIn({ text }: Pick<HelpPage, 'text'>): string[] {
  return [...text.replaceAll(/\\\n\s*/g, '').matchAll(/^ {2}\$ (.+)$/gm)].map(
    ([, line = '']) => line,
  );
}
