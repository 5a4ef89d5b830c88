import { Command } from 'commander';
import { defineCommand } from '../../src/commands/contents.js';
import { contents } from '../../src/commands/index.js';
import type { Services } from '../../src/services.js';

/** Those that change nothing on the server. Every other command of the API writes. */
const reading: readonly string[] = [
  ...['clusters', 'cluster', 'wait', 'plans', 'tasks', 'task'],
  ...['network-profiles', 'network-profile', 'compute-profiles', 'compute-profile'],
  ...['kubernetes-profiles', 'kubernetes-profile'],
  ...['quotas', 'quota', 'usages', 'usage'],
];

/** What the table of contents has besides the commands of the PKS API. */
const others: readonly (string | undefined)[] = ['Sessions:', 'UAA:', 'Tools:'];

/** The commands of the PKS API, out of the table of contents, with their arguments and options. */
export async function pksCommands(): Promise<readonly Command[]> {
  const entries = contents.filter(
    ({ name, heading }) => !others.includes(heading) && name !== 'curl',
  );
  const commands: Command[] = [];
  for (const { name, load } of entries) {
    const command = new Command(name);
    // Describing a command calls no service.
    defineCommand(command, await load(), {} as Services);
    commands.push(command);
  }
  return commands;
}

/** Those of them that change something. */
export async function writingCommands(): Promise<readonly Command[]> {
  return (await pksCommands()).filter((command) => !reading.includes(command.name()));
}
