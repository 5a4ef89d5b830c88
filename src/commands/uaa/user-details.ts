import type { User } from '../../api/uaa/users.js';
import type { Line } from '../../platform/terminal/lines.js';
import { fitDetails } from '../../platform/terminal/screen.js';
import { formatTime, toDate } from '../format-time.js';
import type { TerminalLayout } from '../resource/item-commands.js';
import { formatStatus, readCreated } from './objects.js';

/**
 * Formats a user for a terminal: the account, its status, the last login, and all groups except default groups, which
 * are only counted. `-o yaml` shows all fields.
 */
export function formatUser(user: Partial<User>, { width, now }: TerminalLayout): Line[] {
  const { userName = '', origin = '', name, emails = [], verified, groups, lastLogonTime } = user;
  const email = emails.map(({ value }) => value).join(', ');
  return fitDetails(
    [
      ['Username', userName],
      ['Origin', origin === 'uaa' ? '' : origin],
      ['Name', [name?.givenName, name?.familyName].filter(Boolean).join(' ')],
      // The UAA rejects logins of its own users whose email address is not verified.
      ['Email', email !== '' && verified === false ? `${email} (not verified)` : email],
      ['Status', formatStatus(user)],
      ['Last login', formatTime(toDate(lastLogonTime), now)],
      ['Created', formatTime(readCreated(user), now)],
      ['Id', user.id ?? ''],
      ['Groups', formatGroups(groups ?? [])],
    ],
    width,
  );
}

function formatGroups(groups: NonNullable<User['groups']>): string {
  const named = groups.flatMap(({ display, type }) =>
    typeof display === 'string' ? [{ display, type }] : [],
  );
  const added = named
    .filter(({ display }) => !defaultGroups.has(display))
    .map(({ display, type }) => (type === 'INDIRECT' ? `${display} (through a group)` : display))
    .sort();
  const count = named.length - added.length;
  const rest = count === 1 ? '1 default group' : `${String(count)} default groups`;
  return [added.join(', '), count === 0 ? '' : rest].filter(Boolean).join(' and ');
}

/**
 * The groups that the UAA adds every user to, unless it is configured with other groups. The configured groups cannot be
 * read with the scopes of `tpks uaa user get`: the UAA shows them only to administrators, as `userConfig.defaultGroups`
 * of a zone.
 * @see docs/contributing/servers/uaa.md#users, and the setting `oauth.user.authorities` of the UAA
 */
const defaultGroups: ReadonlySet<string> = new Set([
  'approvals.me',
  'cloud_controller.read',
  'cloud_controller.write',
  'cloud_controller_service_permissions.read',
  'oauth.approvals',
  'openid',
  'password.write',
  'profile',
  'roles',
  'scim.me',
  'scim.userids',
  'uaa.offline_token',
  'uaa.user',
  'user_attributes',
]);
