import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { wordList } from '../../word-list.js';
import { toAttributes } from '../attributes.js';
import { showThing } from '../show-thing.js';
import { addUserKey, userKey, type UserFlags } from './user-key.js';

type Deps = Pick<Services, 'terminal' | 'users'>;

interface Flags extends UserFlags {
  readonly attributes?: readonly string[];
}

export function define(command: Command, deps: Deps): void {
  addUserKey(command)
    .description('Shows a user as the UAA has it, with the groups it belongs to.')
    .option('-a, --attributes <list>', 'only these fields, e.g. id,emails', wordList)
    .addHelpText('after', '\nExample:\n  $ tpks uaa user get alana')
    .action(async (name: string | undefined, { attributes, ...flags }: Flags) =>
      get({ key: await userKey(name, flags, deps), attributes }, deps),
    );
}

interface Input {
  readonly key: UserKey;
  readonly attributes?: readonly string[] | undefined;
}

/** Shows one user. */
export async function get({ key, attributes }: Input, deps: Deps): Promise<void> {
  const users = await deps.users();
  const user =
    attributes === undefined
      ? await users.get(key)
      : await users.pick(key, toAttributes(attributes));
  await showThing(user, deps);
}
