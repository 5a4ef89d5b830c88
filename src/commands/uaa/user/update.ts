import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { RemovableField } from '../../../uaa/user-updates.js';
import type { UserKey } from '../../../uaa/users.js';
import { parseWordList } from '../../word-list.js';
import {
  addProfileOptions,
  toProfile,
  type Profile,
  type ProfileFlags,
} from './profile-options.js';
import { parseRemovableFields } from './removable-fields.js';
import { addUserKeyOptions, readUserKey, type UserFlags } from './user-key.js';
import { createUserUpdates } from '../../../uaa/user-updates.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags extends UserFlags, ProfileFlags {
  readonly del_attrs?: readonly string[];
  readonly delAttrs?: readonly string[];
  readonly password?: string;
}

export function define(command: Command, deps: Deps): void {
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
    .action(async (name: string | undefined, flags: Flags) => {
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
      await updateUser({ key: await readUserKey(name, flags, deps), ...profile, remove }, deps);
    });
}

interface Input extends Profile {
  readonly key: UserKey;
  readonly remove: readonly RemovableField[];
}

export async function updateUser({ key, phones, ...change }: Input, deps: Deps): Promise<void> {
  const updates = await deps.uaaResource(createUserUpdates);
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
