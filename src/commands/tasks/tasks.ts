import { InvalidArgumentError, type Command } from 'commander';
import type { Services } from '../../services.js';
import { addListOptions, showList, type ListFlags } from '../list/list.js';
import { rememberNames } from '../known-names.js';
import { localTimes } from '../local-time.js';
import { taskList } from './task-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'tasks' | 'names'>;

const defaultLimit = 10;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, taskList(localTimes('---')))
    .description('Lists the latest tasks: upgrades of clusters, each with how it stands.')
    .option('-l, --limit <count>', 'how many tasks at most', toLimit, defaultLimit)
    .addHelpText('after', '\nExamples:\n  $ tpks tasks\n  $ tpks tasks -l 3 --json')
    .action((flags: ListFlags & { readonly limit: number }) => tasks(flags, deps));
}

export async function tasks(
  { limit, ...flags }: ListFlags & { readonly limit: number },
  deps: Deps,
): Promise<void> {
  const service = await deps.tasks();
  const found = await service.list(limit);
  await showList(taskList(localTimes('---')), found, flags, deps.terminal);
  await rememberNames(
    'tasks',
    found.map(({ uuid }) => uuid),
    deps,
  );
}

/** The original's type of it is int32. */
function toLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,10}$/.test(text) && limit >= 1 && limit < 2 ** 31) return limit;
  throw new InvalidArgumentError('give a whole number from 1 on');
}
