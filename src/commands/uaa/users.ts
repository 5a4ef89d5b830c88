import { Argument, type Command, Option } from 'commander';
import {
  createUsers,
  type User,
  type UserIdentity,
  type UserIdQuery,
  type UserKey,
  type RemovableField,
} from '../../api/uaa/users.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import type { Span } from '../../platform/terminal/lines.js';
import { withUaaNames } from '../completers.js';
import type { Leaf } from '../contents.js';
import { formatMilliseconds } from '../format-time.js';
import { parseNonEmptyList, parseWordList } from '../option-values.js';
import { type CommandHelp, formatExamples, addListOptions } from '../resource/list-command.js';
import { type List, type ListFlags, showList, validateColumns } from '../resource/list.js';
import {
  addNewPasswordOptions,
  isPasswordGiven,
  type NewPasswordFlags,
  readNewPassword,
} from './new-secret.js';
import {
  deleteObjectCommand,
  type ObjectKey,
  showObjectCommand,
  addIfMissing,
  type IfMissingFlags,
  ifMissingOption,
  labelOf,
  readName,
} from './objects.js';
import { scimListCommand } from './scim-list.js';

/** The options that identify a user. */
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

/**
 * Reads which user to act on.
 * @param name - prompted for if there is neither a name nor an id.
 * @throws {TpksError} `usage` if the user is identified both by name and by id.
 */
export async function readUserKey(
  name: string | undefined,
  { id, origin }: UserFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<UserKey> {
  if (id === undefined) {
    const prompt = { message: 'User name: ', hint: 'pass the name or use --id' };
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
  return formatMilliseconds(lastLogonTime) ?? '';
}

export const get = showObjectCommand({
  description: 'Show a user and their groups. Requires the scope scim.read.',
  examples: ['uaa user get alana'],
  key: userKeySpec,
  attributes: { example: 'id,emails' },
  resource: createUsers,
  read: (users, key, { attributes }) =>
    attributes === undefined ? users.get(key) : users.getFields(key, attributes),
  nameField: 'userName',
});

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface IdFlags extends ListFlags {
  readonly origin?: string;
  readonly id?: readonly string[];
}

export const ids: Leaf = {
  define(command, deps: Deps) {
    addListOptions(command, userIdList)
      .description(
        'Show the ids of users. Requires only the scope scim.userids, which gives no access to other ' +
          'user data. Exits with 1 if a user is not found.',
      )
      .argument('[names...]', 'usernames')
      .option('--origin <origin>', 'only users of this identity provider')
      .option('--id <list>', 'select users by id', parseNonEmptyList)
      .addHelpText('after', '\nExample:\n  $ tpks uaa user ids alana cody')
      .action((names: readonly string[], { origin, id: ids = [], ...flags }: IdFlags) =>
        showUserIds({ names, ids, origin }, flags, deps),
      );
  },
};

const userIdList: List<UserIdentity> = {
  noun: 'user',
  fields: ['id', 'userName', 'origin'],
  columns: [
    { head: 'Id', cell: ({ id }) => id },
    { head: 'Origin', cell: ({ origin }) => origin },
    { head: 'User name', cell: ({ userName }) => userName },
  ],
  nameOf: ({ id }) => id,
};

/**
 * Shows the ids of the users that exist.
 * @throws {TpksError} `notFound`, after the output, if a user does not exist.
 */
async function showUserIds(input: UserIdQuery, flags: ListFlags, deps: Deps): Promise<void> {
  const { terminal } = deps;
  validateColumns(userIdList, flags);
  const prompt = { message: 'User names: ', hint: 'pass the names or use --id' };
  const names =
    input.names.length + input.ids.length === 0
      ? parseWordList(await readName(undefined, prompt, terminal))
      : input.names;
  const found = await deps.uaaResource(createUsers).findIdentities({ ...input, names });
  await showList(userIdList, found, flags, terminal);
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
  define(command, deps) {
    addUserKeyOptions(command)
      .description(
        'Unlock a user who is locked out after too many failed logins, instead of waiting until the ' +
          'lockout expires. Requires the scopes scim.read and scim.write.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa user unlock cody')
      .action(async (name: string | undefined, flags: UserFlags) => {
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
  examples: ['uaa user activate dana'],
});

export const deactivate = activationCommand({
  active: false,
  description:
    'Prevent a user from logging in and from using existing tokens. The account and its group ' +
    'memberships are kept, so it can be activated again. Requires the scopes scim.read and ' +
    'scim.write.',
  examples: ['uaa user deactivate dana'],
});

interface Activation extends CommandHelp {
  readonly active: boolean;
}

function activationCommand({ active, description, examples }: Activation): Leaf {
  const state = active ? 'activated' : 'deactivated';
  return {
    define(command, { terminal, uaaResource }) {
      addUserKeyOptions(command)
        .description(description)
        .addHelpText('after', formatExamples(examples))
        .action(async (name: string | undefined, flags: UserFlags) => {
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
  examples: ['uaa user delete erin --if-exists'],
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

/** The flags for the profile of a user, with the spellings of `uaac` and with dashes. */
interface ProfileFlags {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly given_name?: string;
  readonly givenName?: string;
  readonly family_name?: string;
  readonly familyName?: string;
}

/** The profile of a user; `undefined` means not given. */
interface Profile {
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
}

function addProfileOptions(command: Command): Command {
  return command
    .option('--emails <list>', 'email address; the UAA accepts exactly one', parseWordList)
    .option('--given_name <name>', 'given name')
    .option('--family_name <name>', 'family name')
    .addOption(new Option('--given-name <name>').conflicts('given_name').hideHelp())
    .addOption(new Option('--family-name <name>').conflicts('family_name').hideHelp())
    .option('--phones <list>', 'phone numbers; the UAA stores only the first', parseWordList);
}

function toProfile(flags: ProfileFlags): Profile {
  return {
    emails: flags.emails,
    phones: flags.phones,
    givenName: flags.given_name ?? flags.givenName,
    familyName: flags.family_name ?? flags.familyName,
  };
}

/** Maps typed names, in lower case and without separators, to fields. */
const removableFields: Readonly<Record<string, readonly RemovableField[]>> = {
  name: ['givenName', 'familyName'],
  givenname: ['givenName'],
  familyname: ['familyName'],
  phones: ['phoneNumbers'],
  phonenumbers: ['phoneNumbers'],
  externalid: ['externalId'],
};

const requiredFields: ReadonlySet<string> = new Set([
  'username',
  'email',
  'emails',
  'origin',
  'id',
]);

/**
 * Converts a name that the user typed to fields: `given_name`, `givenName` and `name.givenName` are
 * the same.
 * @throws {TpksError} `usage` for a required field or an unknown name.
 */
export function parseRemovableFields(word: string): readonly RemovableField[] {
  const normalized = word
    .toLowerCase()
    .replace(/^name\./, '')
    .replaceAll(/[_-]/g, '');
  const found = getOwnValue(removableFields, normalized);
  if (found !== undefined) return found;
  const reason = requiredFields.has(normalized) ? 'it is required' : 'users have no such field';
  throw new TpksError('usage', `${word} cannot be removed: ${reason}`, {
    hint: 'use given_name, family_name, name, phones or externalId',
  });
}

type AddDeps = Pick<Services, 'terminal' | 'uaaContext' | 'uaaResource' | 'secrets' | 'env'>;

interface AddFlags extends ProfileFlags, NewPasswordFlags, IfMissingFlags {
  readonly origin?: string;
}

export const add: Leaf = {
  define(command, deps: AddDeps) {
    addNewPasswordOptions(
      addProfileOptions(command.argument('[name]', 'username')).option(
        '--origin <origin>',
        'identity provider, e.g. ldap (default: uaa)',
      ),
      'initial password',
    )
      .addOption(ifMissingOption())
      .description(
        'Create a user, prompting for the name, email address and password if they are missing. Users ' +
          'of another identity provider (--origin) have no password in the UAA. Requires the scope ' +
          'scim.write.',
      )
      .addHelpText('after', '\nExample:\n  $ tpks uaa user add erin --emails erin@example.com')
      .action((name: string | undefined, flags: AddFlags) =>
        addUser({ name, ...flags, ...toProfile(flags) }, deps),
      );
  },
};

interface AddInput extends Profile, NewPasswordFlags, IfMissingFlags {
  readonly name?: string | undefined;
  readonly origin?: string | undefined;
}

export async function addUser(input: AddInput, deps: AddDeps): Promise<void> {
  const { terminal } = deps;
  // Report a missing session before any prompt.
  await deps.uaaContext();
  const users = deps.uaaResource(createUsers);
  const prompt = { message: 'User name: ', hint: 'pass the name as the argument' };
  const userName = await readName(input.name, prompt, terminal);
  const { phones: phoneNumbers = [], givenName, familyName, origin } = input;
  const add = async () => {
    const emailPrompt = { message: 'Email: ', hint: 'use --emails' };
    const emails = input.emails ?? [await readName(undefined, emailPrompt, terminal)];
    const password = await readInitialPassword(input, deps);
    return users.add({ userName, password, emails, phoneNumbers, givenName, familyName, origin });
  };
  const get = () => users.get({ name: userName, origin: origin ?? 'uaa' });
  const { object, isNew } = await addIfMissing(`user ${userName}`, { get, add }, input, deps);
  await terminal.show({ json: object, text: isNew ? ['user account successfully added'] : [] });
}

/** @returns `undefined` for users of another identity provider, who have no password in the UAA. */
async function readInitialPassword(input: AddInput, deps: AddDeps): Promise<Secret | undefined> {
  const isGiven = isPasswordGiven(input, deps.env);
  if (!isGiven && (input.origin ?? 'uaa') !== 'uaa') return undefined;
  return readNewPassword(input, { prompt: 'Password: ', consequence: 'no user was created' }, deps);
}

interface UpdateFlags extends UserFlags, ProfileFlags {
  readonly del_attrs?: readonly string[];
  readonly delAttrs?: readonly string[];
  readonly password?: string;
}

export const update: Leaf = {
  define(command, deps) {
    addProfileOptions(addUserKeyOptions(command))
      .description(
        'Update the given fields of a user. Other fields are kept, even if another client changes them ' +
          'at the same time. Requires the scopes scim.read and scim.write.',
      )
      .option(
        '--del_attrs <list>',
        'remove these fields: given_name, family_name, name, phones, externalId',
        parseWordList,
      )
      .addOption(
        new Option('--del-attrs <list>').argParser(parseWordList).conflicts('del_attrs').hideHelp(),
      )
      .addOption(new Option('-p, --password <password>').hideHelp())
      .addHelpText('after', '\nExample:\n  $ tpks uaa user update cody --given_name Cody')
      .action(async (name: string | undefined, flags: UpdateFlags) => {
        if (flags.password !== undefined) {
          // The UAA ignores a password in an update.
          throw new TpksError('usage', '--password cannot be used with user update', {
            hint: 'set the password: tpks uaa password set NAME',
          });
        }
        const fields = flags.del_attrs ?? flags.delAttrs ?? [];
        const remove = [...new Set(fields.flatMap(parseRemovableFields))];
        const profile = toProfile(flags);
        checkChange(profile, remove);
        const key = await readUserKey(name, flags, deps);
        const { phones: phoneNumbers, ...others } = profile;
        const users = deps.uaaResource(createUsers);
        const { user, isChanged } = await users.update(key, { ...others, phoneNumbers, remove });
        const text = isChanged
          ? 'user account successfully updated'
          : 'No changes: the user already has these values';
        await deps.terminal.show({ json: user, text: [text] });
      });
  },
};

/** @throws {TpksError} `usage` if no change is given, or if a field is both set and removed. */
function checkChange(profile: Profile, remove: readonly RemovableField[]): void {
  const { emails, phones, givenName, familyName } = profile;
  const values = { givenName, familyName, phoneNumbers: phones, emails };
  const isGiven = (field: string): boolean =>
    Object.entries(values).some(([name, value]) => name === field && value !== undefined);
  const conflict = remove.find(isGiven);
  if (conflict !== undefined) {
    throw new TpksError('usage', `${conflict} cannot be both set and removed`, {
      hint: 'use either its option or --del_attrs',
    });
  }
  if (remove.length > 0 || Object.keys(values).some(isGiven)) return;
  throw new TpksError('usage', 'no user updates specified', {
    hint: 'use --emails, --given_name, --family_name, --phones or --del_attrs',
  });
}
