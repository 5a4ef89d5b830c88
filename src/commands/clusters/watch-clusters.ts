import { TpksError } from '../../errors.js';
import type { Cluster } from '../../pks/clusters.js';
import { redact } from '../../secret.js';
import type { Services } from '../../services.js';
import type { Line } from '../../terminal/terminal.js';
import { formatListTable, validateColumns, type ListFlags } from '../resource/list.js';
import { formatTimeOfDay } from '../session/format-time.js';
import { poll } from '../waiting/poll.js';
import { rejectUnknownKeys, selectRows } from '../resource/row-selection.js';
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
 * Reads the list every few seconds until Ctrl-C. On a terminal, the list is updated in place;
 * otherwise, it is printed whenever it has changed. A failed request is reported and then repeated.
 *
 * @throws {TpksError} `usage` for flags that cannot be combined with `--watch`, for unknown columns, and
 *   for keys of `--filter` or `--sort-by` that no cluster in the first list has. Also throws errors that
 *   waiting cannot fix, such as the same malformed response each time.
 */
export async function watchClusters(flags: Flags, deps: WatchClustersDeps): Promise<void> {
  rejectOtherFormats(flags, deps.terminal.wantsJson());
  validateColumns(clusterList, flags);
  const { list } = await deps.clusters();
  let isStopped = false;
  // Race only once. Racing in each round would add another handler to the pending Ctrl-C promise, and
  // these handlers would keep the lists of all rounds in memory.
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
  let table: readonly string[] = [];
  let previousMessage: string | undefined;
  let areKeysChecked = false;
  const pauseMilliseconds = pauseSeconds * 1000;
  for await (const { state: clusters, error } of poll(list, {
    clock,
    isStopped,
    pauseMilliseconds,
  })) {
    if (isStopped()) return;
    if (clusters !== undefined && !areKeysChecked) {
      rejectUnknownKeys(clusterList, clusters, flags);
      areKeysChecked = true;
    }
    const message = error && `${redact(error.message)}; trying again`;
    if (terminal.canRepaint()) {
      if (clusters !== undefined) table = fitToWidth(clusters, flags, terminal.columns());
      const footer = message === undefined ? [] : ['', message];
      terminal.showLive([formatHeader(clock.now()), ...table, ...footer]);
    } else if (clusters === undefined) {
      if (message !== undefined && message !== previousMessage) terminal.note(message);
    } else {
      const text = formatListTable(clusterList, selectRows(clusterList, clusters, flags), flags);
      const before = table.join('\n');
      table = text.map(toPlainText);
      if (table.join('\n') !== before) await terminal.show({ json: undefined, text });
    }
    previousMessage = message;
  }
}

function rejectOtherFormats({ allContexts, output = 'table' }: Flags, json: boolean): void {
  if (allContexts !== true && !json && ['table', 'wide'].includes(output)) return;
  throw new TpksError('usage', '--watch supports only one context and the output format table', {
    hint: 'omit --all-contexts, --json and --output, or run the command repeatedly without --watch',
  });
}

/** Formats the line above the list. Its time shows that the list is still being updated. */
function formatHeader(now: Date): string {
  return `${formatTimeOfDay(now)}, every ${String(pauseSeconds)} s; press Ctrl-C to stop`;
}

/** The columns to hide on a narrow terminal, in this order. */
const hideableColumns = ['UUID', 'PKS Version', 'k8s Version', 'Plan Name'];

/** Formats the table. Hides columns until it fits, unless the user has chosen the columns. */
function fitToWidth(clusters: readonly Cluster[], flags: Flags, width: number): string[] {
  const rows = selectRows(clusterList, clusters, flags);
  const hasChosenColumns = flags.columns !== undefined || flags.output === 'wide';
  for (let count = 0; ; count += 1) {
    const hidden = hideableColumns.slice(0, count);
    const columns = clusterList.columns.filter(({ head }) => !hidden.includes(head));
    const table = formatListTable({ ...clusterList, columns }, rows, flags).map(toPlainText);
    const fits = table.every((line) => line.length < width);
    if (fits || hasChosenColumns || count === hideableColumns.length) return table;
  }
}

function toPlainText(line: Line): string {
  const spans = typeof line === 'string' ? [line] : line;
  return spans.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}
