import { quoteForShell } from '../../../shell-quote.js';

/** Names members of a group that no longer exist, and the command that removes them. */
export function missingMembersWarning(group: string, ids: readonly string[]): string {
  const [count, verb] =
    ids.length === 1
      ? ['1 member', 'exists; remove it']
      : [`${String(ids.length)} members`, 'exist; remove them'];
  const options = ids.map((id) => ` --id ${quoteForShell(id)}`).join('');
  const command = `tpks uaa member delete ${quoteForShell(group)}${options}`;
  return `Group ${group} has ${count} that no longer ${verb}: ${command}`;
}
