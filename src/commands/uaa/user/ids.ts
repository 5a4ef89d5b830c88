import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { UserId } from '../../../uaa/user-ids.js';
import { addListOptions } from '../../resource/list-options.js';
import { showList, validateColumns, type List, type ListFlags } from '../../resource/list.js';
import { parseNonEmptyList, parseWordList } from '../../word-list.js';
import { readName } from '../inputs.js';
import { createUserIds } from '../../../uaa/user-ids.js';

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags extends ListFlags {
  readonly origin?: string;
  readonly id?: readonly string[];
}

export function define(command: Command, deps: Deps): void {
  addListOptions(command, userIdList)
    .description(
      'Show the ids of users. Requires only the scope scim.userids, which gives no access to other ' +
        'user data. Exits with 1 if a user is not found.',
    )
    .argument('[names...]', 'usernames')
    .option('--origin <origin>', 'only users of this identity provider')
    .option('--id <list>', 'select users by id', parseNonEmptyList)
    .addHelpText('after', '\nExample:\n  $ tpks uaa user ids alana cody')
    .action((names: readonly string[], { origin, id: ids = [], ...flags }: Flags) =>
      showUserIds({ names, ids, origin }, flags, deps),
    );
}

const userIdList: List<UserId> = {
  noun: 'user',
  fields: ['id', 'userName', 'origin'],
  columns: [
    { head: 'Id', cell: ({ id }) => id },
    { head: 'Origin', cell: ({ origin }) => origin },
    { head: 'User name', cell: ({ userName }) => userName },
  ],
  nameOf: ({ id }) => id,
};

interface Input {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly origin?: string | undefined;
}

/**
 * Shows the ids of the users that exist.
 * @throws {TpksError} `notFound`, after the output, if a user does not exist.
 */
export async function showUserIds(input: Input, flags: ListFlags, deps: Deps): Promise<void> {
  const { terminal } = deps;
  validateColumns(userIdList, flags);
  const names =
    input.names.length + input.ids.length === 0
      ? parseWordList(await readNames(terminal))
      : input.names;
  const found = await (await deps.uaaResource(createUserIds)).find({ ...input, names });
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

function readNames(terminal: Deps['terminal']): Promise<string> {
  const prompt = { message: 'User names: ', hint: 'pass the names or use --id' };
  return readName(undefined, prompt, terminal);
}

function isNamed({ userName }: UserId, name: string): boolean {
  return userName.toLowerCase() === name.toLowerCase();
}
