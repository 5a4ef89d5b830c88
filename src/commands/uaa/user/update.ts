import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import { ownValue } from '../../../own-value.js';
import type { Services } from '../../../services.js';
import type { RemovableField } from '../../../uaa/user-updates.js';
import type { UserKey } from '../../../uaa/users.js';
import { wordList } from '../../word-list.js';
import {
  addProfileOptions,
  toProfile,
  type Profile,
  type ProfileFlags,
} from './profile-options.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './user-key.js';
import { loadUserUpdates } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags extends UserFlags, ProfileFlags {
  readonly del_attrs?: readonly string[];
  readonly delAttrs?: readonly string[];
  readonly password?: string;
}

export function define(command: Command, deps: Deps): void {
  addProfileOptions(addUserKeyOptions(command))
    .description(
      'Change the given fields of a user and no others. A simultaneous change by another client is ' +
        'not lost: the user is read again, and then changed.',
    )
    .option(
      '--del_attrs <list>',
      'remove these fields: given_name, family_name, name, phones, externalId',
      wordList,
    )
    .addOption(
      new Option('--del-attrs <list>').argParser(wordList).conflicts('del_attrs').hideHelp(),
    )
    .addOption(new Option('-p, --password <password>').hideHelp())
    .addHelpText('after', '\nExample:\n  $ tpks uaa user update cody --given_name Cody')
    .action(async (name: string | undefined, flags: Flags) => {
      if (flags.password !== undefined) {
        // The UAA would ignore it.
        throw new TpksError('usage', 'An update cannot set a password', {
          hint: 'tpks uaa password set NAME',
        });
      }
      const typed = flags.del_attrs ?? flags.delAttrs ?? [];
      const remove = [...new Set(typed.flatMap(parseRemovableFields))];
      const profile = toProfile(flags);
      checkChange(profile, remove);
      await updateUser({ key: await readUserKey(name, flags, deps), ...profile, remove }, deps);
    });
}

interface Input extends Profile {
  readonly key: UserKey;
  readonly remove: readonly RemovableField[];
}

export async function updateUser({ key, phones, ...change }: Input, deps: Deps): Promise<void> {
  const updates = await deps.uaaResource(loadUserUpdates);
  const { user, isChanged } = await updates.update(key, { ...change, phoneNumbers: phones });
  await deps.terminal.show({
    json: user,
    text: [
      isChanged
        ? 'user account successfully updated'
        : 'No changes: the user already has these values',
    ],
  });
}

/** @throws {TpksError} `usage` if nothing changes, or if a field is both set and removed. */
function checkChange(profile: Profile, remove: readonly RemovableField[]): void {
  const { emails, phones, givenName, familyName } = profile;
  const given = { givenName, familyName, phoneNumbers: phones, emails };
  const isGiven = (field: string): boolean =>
    Object.entries(given).some(([name, value]) => name === field && value !== undefined);
  const both = remove.find(isGiven);
  if (both !== undefined) {
    throw new TpksError('usage', `${both} cannot be both set and removed`, {
      hint: 'use either its option or --del_attrs',
    });
  }
  if (remove.length > 0 || Object.keys(given).some(isGiven)) return;
  throw new TpksError('usage', 'no user updates specified', {
    hint: 'use --emails, --given_name, --family_name, --phones or --del_attrs',
  });
}

/** Spellings in lower case and without separators. */
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
 * The field that a user typed: `given_name`, `givenName` and `name.givenName` are the same.
 * @throws {TpksError} `usage` for one that every user has, and for an unknown one.
 */
function parseRemovableFields(word: string): readonly RemovableField[] {
  const plain = word
    .toLowerCase()
    .replace(/^name\./, '')
    .replaceAll(/[_-]/g, '');
  const found = ownValue(removableFields, plain);
  if (found !== undefined) return found;
  const why = requiredFields.has(plain) ? 'every user has it' : 'users have no such field';
  throw new TpksError('usage', `${word} cannot be removed: ${why}`, {
    hint: '--del_attrs takes given_name, family_name, name, phones and externalId',
  });
}
