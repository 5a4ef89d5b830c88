import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { asYaml } from '../../../terminal/as-yaml.js';

type Deps = Pick<Services, 'terminal' | 'uaaContext' | 'access'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Print the users, groups, members, mappings and clients of the UAA as a file that uaa plan ' +
        'and uaa apply read. Names are sorted, so that exports can be compared. It contains no secrets.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa export > access.yml')
    .action(() => exportAccess(deps));
}

export async function exportAccess(deps: Deps): Promise<void> {
  const [{ uaa }, access] = await Promise.all([deps.uaaContext(), deps.access()]);
  const value = await access.export();
  await deps.terminal.show({ json: value, text: [...header(uaa), '', ...(await asYaml(value))] });
}

function header(uaa: string): string[] {
  return [
    `# Access at ${uaa}`,
    '# tpks uaa plan -f FILE shows how a UAA differs from this file; tpks uaa apply -f FILE changes it.',
    '# Secrets are not included: new users need password_from and new clients secret_from',
    '# (env:NAME or file:PATH).',
  ];
}
