import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { table } from '../../../terminal/table.js';
import type { UserId } from '../../../uaa/user-ids.js';
import { wordList } from '../../word-list.js';
import { nameOrAsk } from '../inputs.js';

const loadUserIds = async () => (await import('../../../uaa/user-ids.js')).createUserIds;

type Deps = Pick<Services, 'terminal' | 'uaaResource'>;

interface Flags {
  readonly origin?: string;
  readonly id?: readonly string[];
}

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Shows the ids of users, for those who may not see more of them: it needs the scope ' +
        'scim.userids alone.',
    )
    .argument('[names...]', 'user names')
    .option('--origin <origin>', 'of this identity provider alone')
    .option('--id <list>', 'the users with these ids', wordList)
    .addHelpText('after', '\nExample:\n  $ tpks uaa user ids alana cody')
    .action((names: readonly string[], { origin, id: givenIds = [] }: Flags) =>
      showUserIds({ names, ids: givenIds, origin }, deps),
    );
}

interface Input {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly origin?: string | undefined;
}

/** Shows who has which id, then fails if somebody was not found. */
export async function showUserIds(input: Input, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const names =
    input.names.length + input.ids.length === 0 ? wordList(await readNames(terminal)) : input.names;
  const found = await (await deps.uaaResource(loadUserIds)).find({ ...input, names });
  await terminal.show({
    json: found,
    text: table(
      ['Id', 'Origin', 'User name'],
      found.map(({ id, origin, userName }) => [id, origin, userName]),
    ),
  });
  const missing = [
    ...names.filter((name) => !found.some((user) => isNamed(user, name))),
    ...input.ids.filter((id) => !found.some((user) => user.id === id)),
  ];
  if (missing.length === 0) return;
  throw new TpksError('notFound', `no users found for ${missing.join(', ')}`, {
    hint: 'tpks uaa users shows all of them, with the scope scim.read',
  });
}

function readNames(terminal: Deps['terminal']): Promise<string> {
  const question = { prompt: 'User names: ', insteadUse: 'give the names, or --id' };
  return nameOrAsk(undefined, question, terminal);
}

function isNamed({ userName }: UserId, name: string): boolean {
  return userName.toLowerCase() === name.toLowerCase();
}
