import { Argument, type Command } from 'commander';
import {
  createUsers,
  type User,
  type UserIdentity,
  type UserIdQuery,
  type UserKey,
} from '../../api/uaa/users.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import type { Line, Span } from '../../platform/terminal/lines.js';
import { fitDetails } from '../../platform/terminal/screen.js';
import { withUaaNames } from '../completers.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { formatMilliseconds, formatRelativeTime, formatTime, toDate } from '../format-time.js';
import { parseNonEmptyList, parseWordList } from '../option-values.js';
import type { TerminalLayout } from '../resource/item-commands.js';
import { addListOptions } from '../resource/list-command.js';
import {
  ageColumn,
  type List,
  type ListFlags,
  showList,
  validateColumns,
} from '../resource/list.js';
import { deleteObjectCommand } from './deletions.js';
import {
  formatActive,
  formatStatus,
  labelOf,
  type ObjectKey,
  readCreated,
  readName,
  showObjectCommand,
} from './objects.js';
import { scimListCommand } from './scim-list.js';

export interface UserFlags {
  readonly origin?: string;
  readonly id?: string;
}

/** Adds the argument and the options that identify a user. */
export function addUserKeyOptions(command: Command): Command {
  return command
    .addArgument(withUaaNames(new Argument('[name]', 'username'), 'users'))
    .option('--origin <origin>', 'identity provider of the user, if the name is ambiguous')
    .option('--id <id>', 'select the user by id');
}

/** Prompts if there is neither a name nor an id. @throws {TpksError} `usage` if both are given. */
export async function readUserKey(
  name: string | undefined,
  { id, origin }: UserFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<UserKey> {
  if (id === undefined) {
    const prompt = { label: 'User name', hint: 'pass the name or use --id' };
    return { name: await readName(name, prompt, terminal), origin };
  }
  if (name === undefined && origin === undefined) return { id };
  throw new TpksError('usage', '--id cannot be used with a name or --origin', {
    hint: 'use either --id, or the name and --origin',
  });
}

/** For commands that show or delete a user. */
const userKeySpec: ObjectKey<UserKey, UserFlags> = {
  add: addUserKeyOptions,
  read: ([name], flags, services) => readUserKey(name, flags, services),
};

export const list = scimListCommand<User>({
  description: 'List the users of the UAA. Requires the scope scim.read.',
  examples: {
    'list the users from LDAP, sorted by name':
      'tpks uaa users \'origin eq "ldap"\' --sort-by userName',
    'print the names of all users': 'tpks uaa users -o name',
  },
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
    { head: 'Email', cell: formatEmails },
    { head: 'Active', cell: formatActive },
    { head: 'Last logon', cell: formatLastLogon },
    { head: 'Id', cell: ({ id }) => id },
  ],
  terminalColumns: [
    { head: 'Name', key: 'user-name', cell: ({ userName }) => userName },
    { head: 'Status', key: 'active', cell: formatStatus, rank: 1 },
    { head: 'Origin', cell: ({ origin }) => origin, rank: 4 },
    { head: 'Email', cell: formatEmails, rank: 5 },
    { head: 'Last login', key: 'last-logon', cell: formatLastLogin, rank: 3 },
    { ...ageColumn(readCreated), rank: 6 },
    { head: 'Id', cell: ({ id }) => id, rank: 0, isWhole: true, wide: true },
  ],
  nameOf: ({ userName }) => userName,
});

function formatEmails({ emails }: User): string {
  return (emails ?? []).map(({ value }) => value).join(',');
}

function formatLastLogin({ lastLogonTime }: User, now: Date): Span {
  const time = toDate(lastLogonTime);
  return time === undefined ? '' : formatRelativeTime(time, now);
}

function formatLastLogon({ lastLogonTime }: User): Span {
  if (typeof lastLogonTime !== 'number') return { text: 'never', tone: 'muted' };
  return formatMilliseconds(lastLogonTime) ?? '';
}

export const get = showObjectCommand({
  description:
    'Show a user and their groups; -o yaml shows all fields. Requires the scope scim.read.',
  examples: { 'show a user and their groups': 'tpks uaa user get alana' },
  key: userKeySpec,
  attributes: { example: 'id,emails' },
  resource: createUsers,
  read: (users, key, { attributes }) =>
    attributes === undefined ? users.get(key) : users.getFields(key, attributes),
  nameField: 'userName',
  formatForTerminal: (user: Partial<User>, { clock }) => {
    const now = clock.now();
    return (width) => formatUser(user, { width, now });
  },
});

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

type Deps = Pick<Services, 'terminal' | 'clock' | 'uaaResource'>;

interface IdFlags extends ListFlags {
  readonly origin?: string;
  readonly id?: readonly string[];
}

export const ids: Leaf = {
  description:
    'Show the ids of users. Requires only the scope scim.userids, which gives no access to other ' +
    'user data. Exits with 1 if a user is not found.',
  examples: { 'show the ids of two users': 'tpks uaa user ids alana cody' },
  define(command, deps: Deps) {
    addListOptions(command, userIdList)
      .argument('[names...]', 'usernames')
      .option('--origin <origin>', 'only users of this identity provider')
      .option('--id <list>', 'select users by id', parseNonEmptyList)
      .action((names: readonly string[], { origin, id: ids = [], ...flags }: IdFlags) =>
        showUserIds({ names, ids, origin }, flags, deps),
      );
  },
};

const userIdList: List<UserIdentity> = {
  noun: 'user',
  columns: [
    { head: 'Id', cell: ({ id }) => id, isWhole: true },
    { head: 'Origin', cell: ({ origin }) => origin, rank: 2 },
    { head: 'User name', cell: ({ userName }) => userName, rank: 1 },
  ],
  nameOf: ({ id }) => id,
};

/** Shows ids. @throws {TpksError} `notFound`, after the output, if a user does not exist. */
async function showUserIds(input: UserIdQuery, flags: ListFlags, deps: Deps): Promise<void> {
  const { terminal } = deps;
  validateColumns(userIdList, flags);
  const prompt = { label: 'User names', hint: 'pass the names or use --id' };
  const names =
    input.names.length + input.ids.length === 0
      ? parseWordList(await readName(undefined, prompt, terminal))
      : input.names;
  const found = await deps.uaaResource(createUsers).findIdentities({ ...input, names });
  await showList(userIdList, found, flags, deps);
  const missing = [
    ...names.filter((name) => !found.some((user) => isNamed(user, name))),
    ...input.ids.filter((id) => !found.some((user) => user.id === id)),
  ];
  if (missing.length === 0) return;
  throw new TpksError('notFound', `Users not found: ${missing.join(', ')}`, {
    hint: 'list all users with tpks uaa users (requires the scope scim.read)',
  });
}

function isNamed({ userName }: UserIdentity, name: string): boolean {
  return userName.toLowerCase() === name.toLowerCase();
}

export const unlock: Leaf = {
  description:
    'Unlock a user who is locked out after too many failed logins, instead of waiting until the ' +
    'lockout expires. Requires the scopes scim.read and scim.write.',
  examples: {
    'unlock a user after too many failed logins': 'tpks uaa user unlock cody',
  },
  define(command, deps) {
    addUserKeyOptions(command).action(async (name: string | undefined, flags: UserFlags) => {
      const key = await readUserKey(name, flags, deps);
      const status = await deps.uaaResource(createUsers).unlock(key);
      await deps.terminal.show({ json: status, text: ['user account successfully unlocked'] });
    });
  },
};

export const activate = activationCommand({
  active: true,
  description:
    'Allow a deactivated user to log in again. Requires the scopes scim.read and scim.write.',
  examples: { 'allow a deactivated user to log in again': 'tpks uaa user activate dana' },
});

export const deactivate = activationCommand({
  active: false,
  description:
    'Prevent a user from logging in and from using existing tokens. The user and the group ' +
    'memberships are kept, so the user can be activated again. Requires the scopes scim.read and ' +
    'scim.write.',
  examples: { 'prevent a user from logging in': 'tpks uaa user deactivate dana' },
});

interface Activation extends CommandHelp {
  readonly active: boolean;
}

function activationCommand({ active, description, examples }: Activation): Leaf {
  const state = active ? 'activated' : 'deactivated';
  return {
    description,
    examples,
    define(command, { terminal, uaaResource }) {
      addUserKeyOptions(command).action(async (name: string | undefined, flags: UserFlags) => {
        const key = await readUserKey(name, flags, { terminal });
        const users = uaaResource(createUsers);
        const { user, isChanged } = await users.update(key, { active });
        const text = isChanged
          ? `user account successfully ${state}`
          : `No changes: the user is already ${state}`;
        await terminal.show({ json: user, text: [text] });
      });
    },
  };
}

export const remove = deleteObjectCommand({
  description:
    'Delete a user. Asks for confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: {
    'delete a user; succeeds if the user does not exist': 'tpks uaa user delete erin --if-exists',
  },
  key: userKeySpec,
  resource: createUsers,
  action: (key) => `delete ${labelOf('user', key)}`,
  describe: async (users, key) => {
    const { userName, origin, id } = await users.get(key);
    return `delete user ${userName} (origin ${origin}, id ${id})`;
  },
  remove: (users, key) => users.remove(key),
  successMessage: 'user account successfully deleted',
});
