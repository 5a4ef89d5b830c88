import { InvalidArgumentError, type Command } from 'commander';
import type { Services } from '../../services.js';
import { rememberNames } from '../known-names.js';
import { localTimes } from '../local-time.js';
import { tasksTable } from './task-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'tasks' | 'names'>;

const defaultLimit = 10;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the latest tasks: upgrades of clusters, each with how it stands.')
    .option('-l, --limit <count>', 'how many tasks at most', toLimit, defaultLimit)
    .addHelpText('after', '\nExamples:\n  $ tpks tasks\n  $ tpks tasks -l 3 --json')
    .action((flags: { limit: number }) => tasks(flags, deps));
}

export async function tasks({ limit }: { limit: number }, deps: Deps): Promise<void> {
  const service = await deps.tasks();
  const found = await service.list(limit);
  await deps.terminal.show({ json: found, text: tasksTable(found, localTimes('---')), indent: 3 });
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
