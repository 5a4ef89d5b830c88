import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
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
import { toRemovable } from './removable.js';
import { addUserKey, userKey, type UserFlags } from './user-key.js';
import { loadUserUpdates } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags extends UserFlags, ProfileFlags {
  readonly del_attrs?: readonly string[];
  readonly delAttrs?: readonly string[];
  readonly password?: string;
}

export function define(command: Command, deps: Deps): void {
  addProfileOptions(addUserKey(command))
    .description(
      'Changes what is named and leaves the rest of the user as it is. What somebody else changes ' +
        'at the same time is not lost: then the user is read and changed anew.',
    )
    .option(
      '--del_attrs <list>',
      'take these away: given_name, family_name, name, phones, externalId',
      wordList,
    )
    .addOption(
      new Option('--del-attrs <list>').argParser(wordList).conflicts('del_attrs').hideHelp(),
    )
    .addOption(new Option('-p, --password <password>').hideHelp())
    .addHelpText('after', '\nExample:\n  $ tpks uaa user update cody --given_name Cody')
    .action(async (name: string | undefined, flags: Flags) => {
      if (flags.password !== undefined) throw notHere();
      const remove = toRemovable(flags.del_attrs ?? flags.delAttrs ?? []);
      const profile = toProfile(flags);
      checkChange(profile, remove);
      await update({ key: await userKey(name, flags, deps), ...profile, remove }, deps);
    });
}

interface Input extends Profile {
  readonly key: UserKey;
  readonly remove: readonly RemovableField[];
}

/** Changes one user and shows it. */
export async function update({ key, phones, ...change }: Input, deps: Deps): Promise<void> {
  const updates = await deps.uaaResource(loadUserUpdates);
  const { user, isChanged } = await updates.update(key, { ...change, phoneNumbers: phones });
  await deps.terminal.show({
    json: user,
    text: [
      isChanged
        ? 'user account successfully updated'
        : 'the user account is so already: nothing was changed',
    ],
  });
}

/** @throws {TpksError} `usage` when nothing is to be done, or something and its opposite. */
function checkChange(profile: Profile, remove: readonly RemovableField[]): void {
  const { emails, phones, givenName, familyName } = profile;
  const given = { givenName, familyName, phoneNumbers: phones, emails };
  const isGiven = (field: string): boolean =>
    Object.entries(given).some(([name, value]) => name === field && value !== undefined);
  const both = remove.find(isGiven);
  if (both !== undefined) {
    throw new TpksError('usage', `${both} is to be set and to be taken away`, {
      hint: 'name it once: as an option, or in --del_attrs',
    });
  }
  if (remove.length > 0 || Object.keys(given).some(isGiven)) return;
  throw new TpksError('usage', 'no user updates specified', {
    hint: 'say what is to be different: --emails, --given_name, --family_name, --phones, --del_attrs',
  });
}

/** UAA would take no notice of it. */
function notHere(): TpksError {
  return new TpksError('usage', 'A password is not set by an update', {
    hint: 'tpks uaa password set NAME',
  });
}
