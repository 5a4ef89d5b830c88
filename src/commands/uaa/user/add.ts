import type { Command } from 'commander';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { nameOrAsk } from '../inputs.js';
import {
  addNewPasswordOptions,
  isPasswordGiven,
  readNewPassword,
  type NewPasswordFlags,
} from '../new-password.js';
import { ifMissing, present, unlessThere, type IfMissingFlags } from '../repeatable.js';
import {
  addProfileOptions,
  toProfile,
  type Profile,
  type ProfileFlags,
} from './profile-options.js';
import { loadUsers } from '../resources.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource' | 'secrets' | 'env'>;

interface Flags extends ProfileFlags, NewPasswordFlags, IfMissingFlags {
  readonly origin?: string;
}

export function define(command: Command, deps: Deps): void {
  addNewPasswordOptions(
    addProfileOptions(command.argument('[name]', 'user name')).option(
      '--origin <origin>',
      'identity provider, e.g. ldap; uaa if absent',
    ),
    'initial password',
  )
    .addOption(ifMissing())
    .description(
      'Add a user. Prompts for missing values. Users of an identity provider (--origin) have no ' +
        'password here.',
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

export async function addUser(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const users = await deps.uaaResource(loadUsers);
  const question = { prompt: 'User name: ', insteadUse: 'give the name as the argument' };
  const userName = await nameOrAsk(input.name, question, terminal);
  const origin = input.origin ?? 'uaa';
  const get = () => users.get({ name: userName, origin });
  const what = `user ${userName}`;
  const there = await present(what, get, input, deps);
  if (there !== undefined) return terminal.show({ json: there, text: [] });

  const emails = input.emails ?? [
    await terminal.ask({ prompt: 'Email: ', insteadUse: 'give it with --emails' }),
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
  const added = await unlessThere(what, () => users.add(user), input, deps);
  await (added === undefined
    ? terminal.show({ json: await get(), text: [] })
    : terminal.show({ json: added, text: ['user account successfully added'] }));
}

/** @returns `undefined` for users of an identity provider, who have none here. */
async function readInitialPassword(input: Input, deps: Deps): Promise<Secret | undefined> {
  const isGiven = isPasswordGiven(input, deps.env);
  if (!isGiven && (input.origin ?? 'uaa') !== 'uaa') return undefined;
  return readNewPassword(input, { prompt: 'Password: ', undone: 'no user was added' }, deps);
}
