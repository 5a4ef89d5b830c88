import { table } from '../../../terminal/table.js';
import type { Line, Span } from '../../../terminal/terminal.js';
import type { User } from '../../../uaa/users.js';
import { readableTime } from '../readable-times.js';

/** The columns people look for. */
export function userTable(users: readonly User[]): Line[] {
  return table(
    ['User name', 'Origin', 'Email', 'Active', 'Last logon', 'Id'],
    users.map((user) => [
      user.userName,
      user.origin,
      (user.emails ?? []).map(({ value }) => value).join(','),
      active(user),
      lastLogon(user),
      user.id,
    ]),
  );
}

function active({ active: isActive = true }: User): Span {
  return isActive ? 'yes' : { text: 'no', tone: 'bad' };
}

function lastLogon({ lastLogonTime }: User): Span {
  if (typeof lastLogonTime !== 'number') return { text: 'never', tone: 'muted' };
  return readableTime(lastLogonTime) ?? '';
}
