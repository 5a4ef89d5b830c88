import type { Span } from '../../../terminal/terminal.js';
import type { User } from '../../../uaa/users.js';
import { formatTime } from '../readable-times.js';
import { scimListCommand } from '../scim-list.js';
import { createUsers } from '../../../uaa/users.js';

export const { define } = scimListCommand<User>({
  description: 'List the users of the UAA. Requires the scope scim.read.',
  examples: ['uaa users \'origin eq "ldap"\' --sort-by userName', 'uaa users -o name'],
  noun: 'user',
  help: {
    filter: 'userName sw "a"',
    sortKeys: ['created', 'lastModified', 'userName', 'email', 'origin', 'active'],
  },
  completes: 'users',
  resource: createUsers,
  columns: [
    { head: 'User name', cell: ({ userName }) => userName },
    { head: 'Origin', cell: ({ origin }) => origin },
    { head: 'Email', cell: ({ emails }) => (emails ?? []).map(({ value }) => value).join(',') },
    { head: 'Active', cell: formatActive },
    { head: 'Last logon', cell: formatLastLogon },
    { head: 'Id', cell: ({ id }) => id },
  ],
  nameOf: ({ userName }) => userName,
});

function formatActive({ active: isActive = true }: User): Span {
  return isActive ? 'yes' : { text: 'no', tone: 'bad' };
}

function formatLastLogon({ lastLogonTime }: User): Span {
  if (typeof lastLogonTime !== 'number') return { text: 'never', tone: 'muted' };
  return formatTime(lastLogonTime) ?? '';
}
