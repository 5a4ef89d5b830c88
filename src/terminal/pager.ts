import type { PagerSystem } from './run-pager.js';
import type { Screen } from './terminal-io.js';
import type { TerminalOptions } from './terminal.js';

/** A long text, which is shown in a pager if it does not fit on the screen. */
export interface Page {
  /** What `--json` and `-o yaml` print. */
  readonly json: unknown;
  /** @param columns - the width of the screen; 80 if stdout is not a terminal. */
  readonly text: (columns: number) => readonly string[];
}

/**
 * Shows text in the user's pager if it does not fit on the screen.
 * @returns whether the text was shown; if not, the caller has to write it to stdout.
 */
export type Pager = (text: string) => Promise<boolean>;

export interface PagerDeps extends PagerSystem {
  readonly stdout: () => Screen;
  /** Read on each use: they are known only after argv has been parsed. */
  readonly options: () => Pick<TerminalOptions, 'interactive'>;
  /** Runs the pager; Ctrl-C does not end tpks meanwhile, because pagers use that key. */
  readonly ignoringCtrlC: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/**
 * Selects the pager as git does: `$PAGER`, or `less`; no pager if it is empty or `cat`. On Windows,
 * which has no `less`, there is no default.
 */
export function createPager(deps: PagerDeps): Pager {
  const { stdout, env, platform, options, ignoringCtrlC } = deps;
  return async (text) => {
    const { isTTY, rows = 0, columns } = stdout();
    // Some terminals, such as serial consoles, report the size 0. A pager could not show anything.
    if (isTTY !== true || rows === 0 || rowsOf(text, columns || 80) < rows) return false;
    if (!options().interactive || env.TERM === 'dumb') return false;
    const command = (env.PAGER ?? (platform === 'win32' ? '' : 'less')).trim();
    if (['', 'cat'].includes(command)) return false;
    const { runPager } = await import('./run-pager.js');
    return ignoringCtrlC(() => runPager(command, text, { env, platform }));
  };
}

/** Screen rows that a text takes: lines that are longer than the screen are wrapped. */
function rowsOf(text: string, columns: number): number {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / columns)), 0);
}
