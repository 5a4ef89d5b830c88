import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { hostOf } from '../../base/pks-conventions.js';
import { redact } from '../../base/secret.js';
import { describeIdentity } from '../../domain/contexts/context.js';
import { type Line, lineText } from '../../platform/terminal/lines.js';
import { fitLines } from '../../platform/terminal/screen.js';
import { formatTimeOfDay } from '../format-time.js';
import {
  formatListTable,
  formatTerminalTable,
  type List,
  type ListFlags,
  rejectUnknownKeys,
  selectRows,
  validateColumns,
} from '../resource/list.js';
import { poll } from './poll.js';

export type WatchDeps = Pick<Services, 'terminal' | 'clock' | 'context' | 'untilInterrupted'>;

export interface WatchedList<Row> {
  readonly list: List<Row>;
  readonly flags: ListFlags;
  readonly read: () => Promise<readonly Row[]>;
}

const pauseSeconds = 5;

/**
 * Reads a list every few seconds until `q` or Ctrl-C. On a terminal, the list is updated in place;
 * otherwise, it is printed whenever it has changed. A failed request is reported and then repeated.
 * @throws {TpksError} `usage` for an unsupported output format, unknown columns, and keys of `--filter` or `--sort-by`
 *   that no row in the first list has. Also throws errors that waiting cannot fix, such as the same malformed response
 *   each time.
 */
export async function watchList<Row>(watched: WatchedList<Row>, deps: WatchDeps): Promise<void> {
  const { output = 'table' } = watched.flags;
  if (deps.terminal.wantsJson() || !['table', 'wide'].includes(output)) {
    throw new TpksError('usage', '--watch supports only the output format table', {
      hint: 'omit --json and --output, or run the command repeatedly without --watch',
    });
  }
  validateColumns(watched.list, watched.flags);
  const watch = new ListWatch(watched, deps);
  try {
    // Race only once. Racing in each round would add another handler to the pending Ctrl-C promise, and
    // these handlers would keep the lists of all rounds in memory.
    await deps.terminal.untilQuit(() => Promise.race([watch.run(), deps.untilInterrupted()]));
  } finally {
    watch.stop();
  }
}

class ListWatch<Row> {
  readonly #watched: WatchedList<Row>;
  readonly #deps: WatchDeps;
  /** The installation and the identity. */
  #subject = '';
  #screen: readonly Line[] = [];
  #table: readonly Line[] = [];
  #previousMessage: string | undefined;
  #areKeysChecked = false;
  #isStopped = false;

  constructor(watched: WatchedList<Row>, deps: WatchDeps) {
    this.#watched = watched;
    this.#deps = deps;
  }

  async run(): Promise<void> {
    const { terminal, clock, context } = this.#deps;
    if (terminal.canRepaint()) {
      const { api, uaa, grant, identity } = await context();
      const name =
        grant === 'client_credentials' ? describeIdentity({ grant, identity }) : identity;
      this.#subject = `${hostOf(api ?? uaa)} as ${name}, `;
    }
    const polled = poll(this.#watched.read, {
      clock,
      isStopped: () => this.#isStopped,
      pauseMilliseconds: pauseSeconds * 1000,
    });
    for await (const { state, error } of polled) {
      if (this.#isStopped) return;
      if (state !== undefined) this.#checkKeys(state);
      const message = error && `${redact(error.message)}; trying again`;
      if (terminal.canRepaint()) this.#repaint(state, message);
      else if (state !== undefined) await this.#printIfChanged(state);
      else if (message !== undefined && message !== this.#previousMessage) terminal.note(message);
      this.#previousMessage = message;
    }
  }

  /** Redraws the last list, so that a `^C` below it does not stay on the screen. */
  stop(): void {
    this.#isStopped = true;
    this.#deps.terminal.showLive(this.#screen);
  }

  #checkKeys(rows: readonly Row[]): void {
    if (!this.#areKeysChecked) rejectUnknownKeys(this.#watched.list, rows, this.#watched.flags);
    this.#areKeysChecked ||= rows.length > 0;
  }

  /** Keeps the last table if the request failed. */
  #repaint(rows: readonly Row[] | undefined, message: string | undefined): void {
    const { terminal, clock } = this.#deps;
    const now = clock.now();
    // The live area does not use the last column.
    const width = terminal.columns() - 1;
    if (rows !== undefined) {
      const { list, flags } = this.#watched;
      const selected = selectRows(list, rows, flags);
      this.#table = formatTerminalTable(list, selected, flags, { now, width });
    }
    const footer = message === undefined ? [] : ['', ...fitLines([message], width)];
    this.#screen = [...fitLines([this.#formatHeader(now)], width), ...this.#table, ...footer];
    terminal.showLive(this.#screen);
  }

  /** Formats the line above the list. Its time shows that the list is still being updated. */
  #formatHeader(now: Date): string {
    const keys = this.#deps.terminal.canQuit() ? 'q or Ctrl-C' : 'Ctrl-C';
    return `${this.#subject}${formatTimeOfDay(now)}, every ${String(pauseSeconds)} s; press ${keys} to stop`;
  }

  async #printIfChanged(rows: readonly Row[]): Promise<void> {
    const { list, flags } = this.#watched;
    const selected = selectRows(list, rows, flags);
    const now = this.#deps.clock.now();
    const text = formatListTable(list, selected, flags, now);
    const before = this.#table.map(lineText).join('\n');
    this.#table = text;
    if (text.map(lineText).join('\n') === before) return;
    const screen = (width: number) => formatTerminalTable(list, selected, flags, { now, width });
    await this.#deps.terminal.show({ json: undefined, text, screen });
  }
}
