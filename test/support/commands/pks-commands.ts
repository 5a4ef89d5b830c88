import { Command } from 'commander';
import type { Services } from '../../../src/app/services.js';
import { defineCommand } from '../../../src/commands/command-table.js';
import { contents } from '../../../src/commands/index.js';

/** Headings of the table of contents that do not contain commands of the PKS API. */
const others: readonly (string | undefined)[] = ['Sessions:', 'kubectl:', 'UAA:', 'Tools:'];

/** Lists the commands of the PKS API, with their arguments and options. */
export async function pksCommands(): Promise<readonly Command[]> {
  const entries = contents.filter(
    ({ name, heading }) => !others.includes(heading) && !['curl', 'each'].includes(name),
  );
  const commands: Command[] = [];
  for (const { name, summary, load } of entries) {
    const command = new Command(name).summary(summary);
    // Defining a command does not use the services.
    defineCommand(command, await load(), {} as Services);
    commands.push(command);
  }
  return commands;
}

/** Whether a command changes nothing, and at most shows data or waits. */
const readsOnly = (command: Command) => /^(?:list|show|print|wait)\b/.test(command.summary());

/** Lists the commands of the PKS API that change data, according to their summaries. */
export async function writingCommands(): Promise<readonly Command[]> {
  return (await pksCommands()).filter((command) => !readsOnly(command));
}
