import type { Command } from 'commander';
import type { Services } from '../../../src/app/services.js';
import type { Rename } from '../../../src/cli/link-texts.js';
import { createProgram } from '../../../src/cli/root-command.js';
import { defineCommand, type Entry } from '../../../src/commands/contents.js';
import { contents as rootContents } from '../../../src/commands/index.js';

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

const tpksRoot: PageRoot = { name: 'tpks', contents: rootContents };

/** The root of the program: its name and commands, and the texts of a link. */
interface PageRoot {
  readonly name: string;
  readonly contents: readonly Entry[];
  readonly rename?: Rename;
}

/** Renders the help pages of all commands except hidden ones, 80 columns wide. */
export async function renderHelpPages({
  name: root,
  contents,
  rename,
}: PageRoot = tpksRoot): Promise<HelpPage[]> {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  // Defining a command needs no services; only running it does.
  const services = {} as Services;
  const program = createProgram({
    name: root,
    contents,
    rename,
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
  return [pageOf(program, root, true), ...(await pagesBelow(program, contents, root))];
}

/** Returns the commands after `  $ ` in a help page, and joins lines that end in a backslash. */
export function examplesIn({ text }: Pick<HelpPage, 'text'>): string[] {
  return [...text.replaceAll(/\\\n\s*/g, '').matchAll(/^ {2}\$ (.+)$/gm)].map(
    ([, line = '']) => line,
  );
}
