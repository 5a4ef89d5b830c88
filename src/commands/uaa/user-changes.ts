import { type Command, Option } from 'commander';
import { createUsers, type RemovableField } from '../../api/uaa/users.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import type { Leaf } from '../command-table.js';
import { parseWordList } from '../option-values.js';
import { addIfMissing, type IfMissingFlags, ifMissingOption } from './if-missing.js';
import {
  addNewPasswordOptions,
  isPasswordGiven,
  type NewPasswordFlags,
  readNewPassword,
} from './new-secret.js';
import { readName } from './objects.js';
import { dashedOption } from './options.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './users.js';

interface ProfileFlags {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly given_name?: string;
  readonly family_name?: string;
}

function addProfileOptions(command: Command): Command {
  return command
    .option('--emails <list>', 'email address; the UAA accepts exactly one', parseWordList)
    .option('--given_name <name>', 'given name')
    .option('--family_name <name>', 'family name')
    .addOption(dashedOption('--given-name <name>', 'given_name'))
    .addOption(dashedOption('--family-name <name>', 'family_name'))
    .option('--phones <list>', 'phone numbers; the UAA stores only the first', parseWordList);
}

/** Converts the options to the fields of a user; `undefined` means not given. */
function toProfile({ emails, phones, given_name, family_name }: ProfileFlags) {
  return { emails, phoneNumbers: phones, givenName: given_name, familyName: family_name };
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
  throw new TpksError('usage', `${word} cannot be removed`, {
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
      .action((name: string | undefined, flags: AddFlags) => addUser({ name, ...flags }, deps));
  },
};

export async function addUser(
  input: AddFlags & { readonly name?: string | undefined },
  deps: AddDeps,
): Promise<void> {
  const { terminal } = deps;
  // Report a missing session before any prompt.
  await deps.uaaContext();
  const users = deps.uaaResource(createUsers);
  const prompt = { label: 'User name', hint: 'pass the name as the argument' };
  const userName = await readName(input.name, prompt, terminal);
  const { origin } = input;
  const add = async () => {
    const emailPrompt = { label: 'Email', hint: 'use --emails' };
    const emails = input.emails ?? [await readName(undefined, emailPrompt, terminal)];
    const password = await readInitialPassword(input, deps);
    return users.add({ ...toProfile(input), userName, password, emails, origin });
  };
  const get = () => users.get({ name: userName, origin: origin ?? 'uaa' });
  const { object, isNew } = await addIfMissing(`user ${userName}`, { get, add }, input, deps);
  await terminal.show({ json: object, text: isNew ? ['user account successfully added'] : [] });
}

/** @returns `undefined` for users of another identity provider, who have no password in the UAA. */
async function readInitialPassword(input: AddFlags, deps: AddDeps): Promise<Secret | undefined> {
  const isGiven = isPasswordGiven(input, deps.env);
  if (!isGiven && (input.origin ?? 'uaa') !== 'uaa') return undefined;
  return readNewPassword(input, { prompt: 'Password: ', consequence: 'no user was created' }, deps);
}

interface UpdateFlags extends UserFlags, ProfileFlags {
  readonly del_attrs?: readonly string[];
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
      .addOption(dashedOption('--del-attrs <list>', 'del_attrs').argParser(parseWordList))
      .addOption(new Option('-p, --password <password>').hideHelp())
      .action(async (name: string | undefined, flags: UpdateFlags) => {
        if (flags.password !== undefined) {
          // The UAA ignores a password in an update.
          throw new TpksError('usage', '--password cannot be used with user update', {
            hint: 'set the password: tpks uaa password set NAME',
          });
        }
        const remove = [...new Set((flags.del_attrs ?? []).flatMap(parseRemovableFields))];
        const profile = toProfile(flags);
        checkChange(profile, remove);
        const key = await readUserKey(name, flags, deps);
        const users = deps.uaaResource(createUsers);
        const { user, isChanged } = await users.update(key, { ...profile, remove });
        const text = isChanged
          ? 'user account successfully updated'
          : 'No changes: the user already has these values';
        await deps.terminal.show({ json: user, text: [text] });
      });
  },
};

/** @throws {TpksError} `usage` if no change is given, or if a field is both set and removed. */
function checkChange(profile: object, remove: readonly RemovableField[]): void {
  const given = Object.entries(profile).flatMap(([name, value]) =>
    value === undefined ? [] : name,
  );
  const conflict = remove.find((field) => given.includes(field));
  if (conflict !== undefined) {
    throw new TpksError('usage', `${conflict} cannot be both set and removed`, {
      hint: 'use either its option or --del_attrs',
    });
  }
  if (remove.length + given.length > 0) return;
  throw new TpksError('usage', 'no user updates specified', {
    hint: 'use --emails, --given_name, --family_name, --phones or --del_attrs',
  });
}
