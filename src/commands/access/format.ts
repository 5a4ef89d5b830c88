import type { PermissionSource } from '../../domain/access-review/report.js';

/** Formats the chain from a scope to an identity, unescaped, e.g. `group team.blue ← ldap cn=blue,ou=groups`. */
export function formatChain(source: PermissionSource): string {
  const groups = source.groups.map((name) => `group ${name}`);
  const end = formatEnd(source);
  if (end !== undefined) groups.push(end);
  return groups.length === 0 ? 'direct' : groups.join(' ← ');
}

/** @returns `undefined` if an administrator added the user to the last group. */
function formatEnd({ kind, origin = 'uaa', externalGroups = [] }: PermissionSource) {
  switch (kind) {
    case 'added':
      return undefined;
    case 'mapping':
      return [origin, externalGroups.join(' or ')].join(' ').trimEnd();
    case 'provider':
      return `${origin} (group names as scopes)`;
    case 'unmapped':
      return `${origin} (deleted at the next login)`;
    case 'unknown':
      return origin;
    case 'default':
      return 'default group';
    case 'authority':
      return 'client authority';
  }
}
