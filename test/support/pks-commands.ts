import { Command } from 'commander';
import { defineCommand } from '../../src/commands/contents.js';
import { contents } from '../../src/commands/index.js';
import type { Services } from '../../src/services.js';

/** Commands that change nothing on the server; every other command of the API does. */
const reading: readonly string[] = [
  ...['clusters', 'cluster', 'wait', 'plans', 'tasks', 'task'],
  ...['network-profiles', 'network-profile', 'compute-profiles', 'compute-profile'],
  ...['kubernetes-profiles', 'kubernetes-profile'],
  ...['quotas', 'quota', 'usages', 'usage'],
];

/** Headings of the table of contents that do not contain commands of the PKS API. */
const others: readonly (string | undefined)[] = ['Sessions:', 'kubectl:', 'UAA:', 'Tools:'];

/** Lists the commands of the PKS API, with their arguments and options. */
export async function pksCommands(): Promise<readonly Command[]> {
  const entries = contents.filter(
    ({ name, heading }) => !others.includes(heading) && name !== 'curl',
  );
  const commands: Command[] = [];
  for (const { name, load } of entries) {
    const command = new Command(name);
    // Defining a command does not use the services.
    defineCommand(command, await load(), {} as Services);
    commands.push(command);
  }
  return commands;
}

/** Lists the commands of the PKS API that change something on the server. */
export async function writingCommands(): Promise<readonly Command[]> {
  return (await pksCommands()).filter((command) => !reading.includes(command.name()));
}
