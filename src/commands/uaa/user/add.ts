import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Secret } from '../../../secret.js';
import type { Services } from '../../../services.js';
import { wordList } from '../arguments.js';
import { nameOrAsk } from '../name.js';

type Deps = Pick<Services, 'terminal' | 'users' | 'secrets'>;

/** Spelled as `uaac` spells them, or with dashes. */
interface Flags {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly given_name?: string;
  readonly givenName?: string;
  readonly family_name?: string;
  readonly familyName?: string;
  readonly origin?: string;
  readonly password?: string;
  readonly passwordStdin?: true;
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Adds a user. What is missing is asked for. Users of an identity provider (--origin) have ' +
        'no password here.',
    )
    .argument('[name]', 'user name')
    .option('--emails <list>', 'e-mail address; the UAA wants exactly one', wordList)
    .option('--given_name <name>', 'given name')
    .option('--family_name <name>', 'family name')
    .addOption(new Option('--given-name <name>').conflicts('given_name').hideHelp())
    .addOption(new Option('--family-name <name>').conflicts('family_name').hideHelp())
    .option('--phones <list>', 'phone numbers', wordList)
    .option('--origin <origin>', 'identity provider, e.g. ldap; uaa if absent')
    .option('-p, --password <password>', 'initial password (others on this machine may see it)')
    .addOption(
      new Option('--password-stdin', 'read the initial password from stdin').conflicts('password'),
    )
    .addHelpText('after', '\nExample:\n  $ tpks uaa user add erin --emails erin@example.com')
    .action((name: string | undefined, flags: Flags) =>
      add(
        {
          name,
          emails: flags.emails,
          phones: flags.phones,
          givenName: flags.given_name ?? flags.givenName,
          familyName: flags.family_name ?? flags.familyName,
          origin: flags.origin,
          password: flags.password,
          passwordFile: flags.passwordStdin && '-',
        },
        deps,
      ),
    );
}

interface Input {
  readonly name?: string | undefined;
  readonly emails?: readonly string[] | undefined;
  readonly phones?: readonly string[] | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly origin?: string | undefined;
  readonly password?: string | undefined;
  /** `-` = stdin. */
  readonly passwordFile?: string | undefined;
}

/** Adds one user and shows it. */
export async function add(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const users = await deps.users();
  const question = { prompt: 'User name: ', insteadUse: 'give the name as the argument' };
  const userName = await nameOrAsk(input.name, question, terminal);
  const emails = input.emails ?? [
    await terminal.ask({ prompt: 'Email: ', insteadUse: 'give it with --emails' }),
  ];
  const added = await users.add({
    userName,
    password: await initialPassword(input, deps),
    emails,
    phoneNumbers: input.phones ?? [],
    givenName: input.givenName,
    familyName: input.familyName,
    origin: input.origin,
  });
  await terminal.show({ json: added, text: ['user account successfully added'] });
}

/**
 * Never from `TPKS_PASSWORD`: that is the password of whoever runs tpks.
 * @returns `undefined` for users of an identity provider, who have none here.
 */
async function initialPassword(input: Input, deps: Deps): Promise<Secret | undefined> {
  const { password: value, passwordFile: file, origin = 'uaa' } = input;
  const isGiven = value !== undefined || file !== undefined;
  if (!isGiven && origin !== 'uaa') return undefined;
  const password = await (
    await deps.secrets()
  ).find({
    value,
    valueFlag: '--password',
    file,
    fileFlag: '--password-stdin',
    prompt: 'Password: ',
  });
  if (isGiven) return password;
  const again = await deps.terminal.ask({
    prompt: 'Verify password: ',
    hidden: true,
    insteadUse: 'use --password-stdin',
  });
  if (again === password.open()) return password;
  throw new TpksError('usage', 'The two passwords differ: no user was added', {
    hint: 'type the same password twice',
  });
}
