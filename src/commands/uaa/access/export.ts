import type { Command } from 'commander';
import type { GroupProviderMember } from '../../../access/uaa-content.js';
import type { Services } from '../../../services.js';
import { quoteForShell } from '../../../shell-quote.js';
import { toYaml } from '../../../terminal/yaml.js';
import { warnAboutUnmanaged } from './unmanaged-members.js';

type Deps = Pick<Services, 'terminal' | 'uaaContext' | 'access'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Print the users, groups, members, mappings and clients of the UAA as an access file for ' +
        '`tpks uaa plan` and `tpks uaa apply`. The file contains no secrets, and its names are ' +
        'sorted, so that exports can be compared. Memberships that come from an identity provider are ' +
        'omitted. Requires the scopes scim.read and clients.read.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa export > access.yml')
    .action(() => exportAccess(deps));
}

export async function exportAccess(deps: Deps): Promise<void> {
  const [{ uaa }, access] = await Promise.all([deps.uaaContext(), deps.access()]);
  const { value, unmanaged } = await access.export();
  await deps.terminal.show({
    json: value,
    text: [...fileHeader(uaa), '', ...(await toYaml(value))],
  });
  for (const member of [...unmanaged.unmapped, ...unmanaged.unknown]) {
    deps.terminal.warn(notExportedWarning(member));
  }
  warnAboutUnmanaged(unmanaged, deps.terminal);
}

function fileHeader(uaa: string): string[] {
  return [
    `# Exported from ${uaa}`,
    '# Compare a UAA with this file: tpks uaa plan -f FILE. Apply this file: tpks uaa apply -f FILE.',
    '# This file contains no secrets: new users need password_from and new clients need secret_from',
    '# (env:NAME or file:PATH).',
  ];
}

/** Names a membership that an export omits, with the reason. */
function notExportedWarning({ group, member, origin, source }: GroupProviderMember): string {
  const notExported = `Not exported: the membership of ${member.user} in ${group}`;
  if (source === 'unknown') return `${notExported}, because its origin ${origin} cannot be checked`;
  const words = [group, member.user, '--origin', member.origin].map(quoteForShell);
  return (
    `${notExported}, because its origin ${origin} has no mapping to this group; the next login may ` +
    `delete the membership; to keep it: tpks uaa member add ${words.join(' ')}`
  );
}
