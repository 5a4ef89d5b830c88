import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { asYaml } from '../as-yaml.js';
import { allMappings, toAccess, wholeClients } from './found.js';
import { toFileValue } from './to-file.js';

type Deps = Pick<Services, 'terminal' | 'uaaContext' | 'directory' | 'mappings' | 'clients'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Prints the users, groups, members, mappings and clients of the UAA as a file that uaa plan ' +
        'and uaa apply read. Names are in order, so that two exports can be compared; no secret is ' +
        'in it.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa export > access.yml')
    .action(() => exportAccess(deps));
}

/** Shows what a UAA has, as a file of access. */
export async function exportAccess(deps: Deps): Promise<void> {
  const [{ uaa }, directory] = await Promise.all([deps.uaaContext(), deps.directory()]);
  const [users, groups, listed, mappings] = await Promise.all([
    directory.allUsers(),
    directory.allGroups(),
    directory.allClients(),
    allMappings(deps),
  ]);
  const clients = await wholeClients(listed, deps);
  const value = toFileValue(toAccess({ users, groups, clients, mappings, nested: [] }));
  await deps.terminal.show({ json: value, text: [...header(uaa), '', ...(await asYaml(value))] });
}

function header(uaa: string): string[] {
  return [
    `# Access at ${uaa}`,
    '# tpks uaa plan -f FILE tells how a UAA differs from this file, tpks uaa apply -f FILE makes it so.',
    '# Secrets are not in it: where users or clients have to be made, they need password_from or',
    '# secret_from (env:NAME or file:PATH).',
  ];
}
