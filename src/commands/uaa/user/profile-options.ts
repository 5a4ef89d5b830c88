import { Option, type Command } from 'commander';
import { parseWordList } from '../../word-list.js';

/** The flags for the profile of a user, with the spellings of `uaac` and with dashes. */
export interface ProfileFlags {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly given_name?: string;
  readonly givenName?: string;
  readonly family_name?: string;
  readonly familyName?: string;
}

/** The profile of a user; `undefined` means not given. */
export interface Profile {
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
}

export function addProfileOptions(command: Command): Command {
  return command
    .option('--emails <list>', 'email address; the UAA accepts exactly one', parseWordList)
    .option('--given_name <name>', 'given name')
    .option('--family_name <name>', 'family name')
    .addOption(new Option('--given-name <name>').conflicts('given_name').hideHelp())
    .addOption(new Option('--family-name <name>').conflicts('family_name').hideHelp())
    .option('--phones <list>', 'phone numbers; the UAA stores only the first', parseWordList);
}

export function toProfile(flags: ProfileFlags): Profile {
  return {
    emails: flags.emails,
    phones: flags.phones,
    givenName: flags.given_name ?? flags.givenName,
    familyName: flags.family_name ?? flags.familyName,
  };
}
