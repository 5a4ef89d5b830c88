import { InvalidArgumentError, Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import { TpksError } from '../../errors.js';
import type { Cluster } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import { rememberNames } from '../known-names.js';
import { addListOptions, listTable, showList, valueOf, type ListFlags } from '../list/list.js';
import { clustersEverywhere, type EverywhereDeps } from './all-contexts.js';
import { clusterList } from './cluster-view.js';

type Deps = Pick<
  Services,
  'terminal' | 'clock' | 'context' | 'clusters' | 'names' | 'untilInterrupted'
> &
  EverywhereDeps;

interface Flags extends ListFlags {
  readonly sortBy?: string;
  readonly filter?: readonly Filter[];
  readonly watch?: boolean;
  readonly allContexts?: boolean;
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

const watchMilliseconds = 5000;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, clusterList)
    .description('Lists the clusters that you may see, in the server’s order.')
    .addOption(
      withCompleter(
        new Option('--sort-by <key>', 'by a column, or by one of the server’s own names'),
        () => Promise.resolve(['name', 'status', 'action', 'plan-name', 'k8s-version']),
      ),
    )
    .option('--filter <key=value>', 'only those; may be repeated', collectFilter)
    .option('--watch', 'show the list again every 5 s, until Ctrl-C')
    .option('--all-contexts', 'of every installation that you are logged in to')
    .addHelpText(
      'after',
      `
Examples:
  $ tpks clusters
  $ tpks clusters --filter status=failed -o name
  $ tpks clusters --all-contexts --json`,
    )
    .action((flags: Flags) => clusters(flags, deps));
}

export async function clusters(flags: Flags, deps: Deps): Promise<void> {
  if (flags.watch === true) return watchClusters(flags, deps);
  if (flags.allContexts === true) {
    const { list, rows, failure } = await clustersEverywhere(deps);
    await showList(list, chosen(rows, flags), flags, deps.terminal);
    if (failure !== undefined) throw failure;
    return;
  }
  const found = await (await deps.clusters()).list();
  await showList(clusterList, chosen(found, flags), flags, deps.terminal);
  await rememberNames(
    'clusters',
    found.map(({ name }) => name),
    deps,
  );
}

async function watchClusters(flags: Flags, deps: Deps): Promise<void> {
  if (flags.allContexts === true || deps.terminal.wantsJson()) {
    throw new TpksError('usage', '--watch shows one installation, as a table', {
      hint: 'leave out --all-contexts and --json, or ask again and again yourself',
    });
  }
  const { terminal, clock, untilInterrupted } = deps;
  const service = await deps.clusters();
  const interrupted = untilInterrupted().then(() => 'over' as const);
  let last = '';
  for (;;) {
    const text = listTable(clusterList, chosen(await service.list(), flags));
    const now = JSON.stringify(text);
    // Where nothing can be painted over, only what has changed is worth a line.
    if (terminal.canRepaint()) terminal.live(text.map(plain));
    else if (now !== last) await terminal.show({ json: undefined, text });
    last = now;
    if ((await Promise.race([clock.sleep(watchMilliseconds), interrupted])) === 'over') return;
  }
}

function plain(line: ReturnType<typeof listTable>[number]): string {
  if (typeof line === 'string') return line;
  return line.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}

/** What is left of a list after the filters, in the order that was asked for. */
function chosen<Row extends Cluster>(rows: readonly Row[], { filter = [], sortBy }: Flags): Row[] {
  const left = rows.filter((row) =>
    filter.every(({ key, value }) => valueOf(clusterList, row, key) === value),
  );
  if (sortBy === undefined) return left;
  const order = new Intl.Collator('en', { numeric: true });
  return left.sort((one, other) =>
    order.compare(valueOf(clusterList, one, sortBy), valueOf(clusterList, other, sortBy)),
  );
}

function collectFilter(text: string, all: readonly Filter[] = []): Filter[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('write a filter as KEY=VALUE, e.g. status=failed');
  return [...all, { key: text.slice(0, at), value: text.slice(at + 1) }];
}
