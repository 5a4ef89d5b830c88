import type { Command } from 'commander';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { readName } from '../inputs.js';
import {
  addNewPasswordOptions,
  isPasswordGiven,
  readNewPassword,
  type NewPasswordFlags,
} from '../new-password.js';
import { ifMissingOption, findExisting, addIfMissing, type IfMissingFlags } from '../if-exists.js';
import {
  addProfileOptions,
  toProfile,
  type Profile,
  type ProfileFlags,
} from './profile-options.js';
import { createUsers } from '../../../uaa/users.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource' | 'secrets' | 'env'>;

interface Flags extends ProfileFlags, NewPasswordFlags, IfMissingFlags {
  readonly origin?: string;
}

export function define(command: Command, deps: Deps): void {
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
    .action((name: string | undefined, flags: Flags) =>
      addUser({ name, ...flags, ...toProfile(flags) }, deps),
    );
}

interface Input extends Profile, NewPasswordFlags, IfMissingFlags {
  readonly name?: string | undefined;
  readonly origin?: string | undefined;
}

/** Creates a user. With `--if-missing`, shows the existing user instead. */
export async function addUser(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const users = await deps.uaaResource(createUsers);
  const prompt = { message: 'User name: ', hint: 'pass the name as the argument' };
  const userName = await readName(input.name, prompt, terminal);
  const origin = input.origin ?? 'uaa';
  const get = () => users.get({ name: userName, origin });
  const label = `user ${userName}`;
  const existing = await findExisting(label, get, input, deps);
  if (existing !== undefined) return terminal.show({ json: existing, text: [] });

  const emails = input.emails ?? [
    await readName(undefined, { message: 'Email: ', hint: 'use --emails' }, terminal),
  ];
  const user = {
    userName,
    password: await readInitialPassword(input, deps),
    emails,
    phoneNumbers: input.phones ?? [],
    givenName: input.givenName,
    familyName: input.familyName,
    origin: input.origin,
  };
  const added = await addIfMissing(label, () => users.add(user), input, deps);
  await (added === undefined
    ? terminal.show({ json: await get(), text: [] })
    : terminal.show({ json: added, text: ['user account successfully added'] }));
}

/** @returns `undefined` for users of another identity provider, who have no password in the UAA. */
async function readInitialPassword(input: Input, deps: Deps): Promise<Secret | undefined> {
  const isGiven = isPasswordGiven(input, deps.env);
  if (!isGiven && (input.origin ?? 'uaa') !== 'uaa') return undefined;
  return readNewPassword(input, { prompt: 'Password: ', consequence: 'no user was created' }, deps);
}
