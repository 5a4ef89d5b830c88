import { TpksError } from '../../errors.js';
import type { Cluster } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import type { Line } from '../../terminal/terminal.js';
import { formatTable, type ListFlags } from '../resource/list.js';
import { poll } from '../waiting/poll.js';
import { selectRows } from '../resource/list-choice.js';
import { clusterList } from './cluster-view.js';

export type WatchClustersDeps = Pick<
  Services,
  'terminal' | 'clock' | 'clusters' | 'untilInterrupted'
>;

interface Flags extends ListFlags {
  readonly allContexts?: boolean;
}

const pauseSeconds = 5;

/**
 * Shows the list again every few seconds until Ctrl-C: in place on a terminal, elsewhere whenever
 * it has changed. A failed request is reported, and the next one is sent as usual.
 *
 * @throws {TpksError} `usage` for flags that cannot be combined with it; errors that waiting cannot
 *   fix, such as the same malformed response each time.
 */
export async function watchClusters(flags: Flags, deps: WatchClustersDeps): Promise<void> {
  rejectOtherFormats(flags, deps.terminal.wantsJson());
  const { list } = await deps.clusters();
  let isStopped = false;
  // One race for the whole watch. A race per round would add a handler to the pending Ctrl-C promise
  // each time, and these handlers would keep the lists of all rounds in memory.
  const watching = showRepeatedly(list, () => isStopped, flags, deps);
  try {
    await Promise.race([watching, deps.untilInterrupted()]);
  } finally {
    isStopped = true;
  }
}

async function showRepeatedly(
  list: () => Promise<readonly Cluster[]>,
  isStopped: () => boolean,
  flags: Flags,
  { terminal, clock }: WatchClustersDeps,
): Promise<void> {
  let shown: readonly string[] = [];
  let lastTrouble: string | undefined;
  const pauseMilliseconds = pauseSeconds * 1000;
  for await (const { seen, trouble } of poll(list, { clock, isStopped, pauseMilliseconds })) {
    if (isStopped()) return;
    const message = trouble && `${trouble.message}; trying again`;
    if (terminal.canRepaint()) {
      if (seen !== undefined) shown = fitToWidth(seen, flags, terminal.columns());
      const news = message === undefined ? [] : ['', message];
      terminal.live([formatHeader(clock.now()), ...shown, ...news]);
    } else if (seen === undefined) {
      if (message !== undefined && message !== lastTrouble) terminal.note(message);
    } else {
      const text = formatTable(clusterList, selectRows(clusterList, seen, flags), flags);
      const before = shown.join('\n');
      shown = text.map(toPlainText);
      if (shown.join('\n') !== before) await terminal.show({ json: undefined, text });
    }
    lastTrouble = message;
  }
}

function rejectOtherFormats({ allContexts, output = 'table' }: Flags, json: boolean): void {
  if (allContexts !== true && !json && ['table', 'wide'].includes(output)) return;
  throw new TpksError('usage', '--watch shows one installation, as a table', {
    hint: 'leave out --all-contexts, --json and --output, or run the command repeatedly',
  });
}

/** The time shows that the list is still being updated. */
function formatHeader(now: Date): string {
  return `${now.toTimeString().slice(0, 8)}, every ${String(pauseSeconds)} s; Ctrl-C ends it`;
}

/** Columns that a narrow screen leaves out, in this order. */
const hideableColumns = ['UUID', 'PKS Version', 'k8s Version', 'Plan Name'];

/** The table, without columns that were not requested and do not fit on the screen. */
function fitToWidth(clusters: readonly Cluster[], flags: Flags, width: number): string[] {
  const rows = selectRows(clusterList, clusters, flags);
  const isChosen = flags.columns !== undefined || flags.output === 'wide';
  for (let left = 0; ; left += 1) {
    const gone = hideableColumns.slice(0, left);
    const columns = clusterList.columns.filter(({ head }) => !gone.includes(head));
    const table = formatTable({ ...clusterList, columns }, rows, flags).map(toPlainText);
    const fits = table.every((line) => line.length < width);
    if (fits || isChosen || left === hideableColumns.length) return table;
  }
}

function toPlainText(line: Line): string {
  const spans = typeof line === 'string' ? [line] : line;
  return spans.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}
