import { type Command, Option } from 'commander';
import { createUsers, type RemovableField } from '../../api/uaa/users.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import type { Leaf } from '../contents.js';
import { parseWordList } from '../option-values.js';
import { addIfMissing, type IfMissingFlags, ifMissingOption } from './if-missing.js';
import {
  addNewPasswordOptions,
  isPasswordGiven,
  type NewPasswordFlags,
  readNewPassword,
} from './new-secret.js';
import { readName } from './objects.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './users.js';

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
 * `given_name`, `givenName` and `name.givenName` are the same field.
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
  description:
    'Create a user, prompting for the name, email address and password if they are missing. Users ' +
    'of another identity provider (--origin) have no password in the UAA. Requires the scope ' +
    'scim.write.',
  examples: {
    'create a user; prompts for the password': 'tpks uaa user add erin --emails erin@example.com',
  },
  define(command, deps: AddDeps) {
    addNewPasswordOptions(
      addProfileOptions(command.argument('[name]', 'username')).option(
        '--origin <origin>',
        'identity provider, e.g. ldap (default: uaa)',
      ),
      'initial password',
    )
      .addOption(ifMissingOption())
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
  const prompt = { label: 'User name', hint: 'pass the name as the argument' };
  const userName = await readName(input.name, prompt, terminal);
  const { phones: phoneNumbers = [], givenName, familyName, origin } = input;
  const add = async () => {
    const emailPrompt = { label: 'Email', hint: 'use --emails' };
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
  description:
    'Update the given fields of a user. Other fields are kept, even if another client changes them ' +
    'at the same time. Requires the scopes scim.read and scim.write.',
  examples: {
    'change the first name of a user': 'tpks uaa user update cody --given_name Cody',
  },
  define(command, deps) {
    addProfileOptions(addUserKeyOptions(command))
      .option(
        '--del_attrs <list>',
        'remove these fields: given_name, family_name, name, phones, externalId',
        parseWordList,
      )
      .addOption(
        new Option('--del-attrs <list>').argParser(parseWordList).conflicts('del_attrs').hideHelp(),
      )
      .addOption(new Option('-p, --password <password>').hideHelp())
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
