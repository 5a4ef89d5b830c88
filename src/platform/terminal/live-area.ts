import { allTones, displayWidth, type Line, lineText, renderLine } from './lines.js';
import { shortenLine } from './screen.js';
import type { Screen } from './terminal-io.js';

/** Servers that have not responded for some time. */
export interface SlowServers {
  /** Host and port of each server. */
  readonly hosts: readonly string[];
  /** How long the oldest request has been waiting. */
  readonly seconds: number;
}

interface LiveAreaDeps {
  readonly screen: () => Screen;
  /** Whether lines can be redrawn in place. */
  readonly canRepaint: () => boolean;
  /** Whether stdout is on the same screen and its last line is incomplete. */
  readonly isLineIncomplete: () => boolean;
  readonly note: (text: string) => void;
  /** Whether the screen has colors. Called on each use, because options are known only after argv was parsed. */
  readonly isPainted: () => boolean;
}

/** The lines below all other output on stderr: the command's own lines, and one about slow servers. */
export function createLiveArea(deps: LiveAreaDeps) {
  const live = createLiveLines(deps.screen, deps.isPainted);
  const announcedHosts = new Set<string>();
  let lines: readonly Line[] = [];
  let slowLine: string | undefined;
  let suspensions = 0;
  const repaint = (): void => {
    if (!deps.canRepaint() || suspensions > 0) return;
    const hasSlowLine = slowLine !== undefined && !deps.isLineIncomplete();
    live.show(hasSlowLine ? [...lines, slowLine ?? ''] : lines);
  };
  /** On a screen that cannot be redrawn, each server is named only once. */
  const announce = ({ hosts }: SlowServers): void => {
    if (suspensions > 0 || deps.isLineIncomplete()) return;
    const newHosts = hosts.filter((host) => !announcedHosts.has(host));
    for (const host of newHosts) announcedHosts.add(host);
    if (newHosts.length > 0) deps.note(formatSlowServers(newHosts));
  };
  return {
    show: (newLines: readonly Line[]) => {
      lines = newLines;
      repaint();
    },
    /** Replaces the line about slow servers; `undefined` removes it. */
    showSlow: (slow: SlowServers | undefined) => {
      if (deps.screen().isTTY !== true) return;
      if (!deps.canRepaint()) {
        if (slow !== undefined) announce(slow);
        return;
      }
      slowLine = slow && `${formatSlowServers(slow.hosts)} (${String(Math.floor(slow.seconds))} s)`;
      repaint();
    },
    /** Clears the area before other output. The next call of another function shows it again. */
    clear: () => {
      live.show([]);
    },
    /** Clears the area while a prompt or another program uses the screen. */
    async suspend<T>(work: () => Promise<T>): Promise<T> {
      live.show([]);
      suspensions += 1;
      try {
        return await work();
      } finally {
        suspensions -= 1;
      }
    },
  };
}

const maximumHosts = 3;

function formatSlowServers(hosts: readonly string[]): string {
  const others = hosts.length - maximumHosts;
  const list = hosts.slice(0, maximumHosts);
  if (others > 0) list.push(`${String(others)} more`);
  return `Waiting for a response from ${list.join(', ')}`;
}

/** A screen whose last lines can be redrawn. */
type RedrawableScreen = Pick<Screen, 'columns' | 'rows'> & {
  readonly write: (text: string) => unknown;
};

/**
 * Creates lines at the bottom of a screen that are redrawn in place.
 * @param screen - has a movable cursor.
 */
export function createLiveLines(
  screen: () => RedrawableScreen,
  isPainted: () => boolean = () => false,
) {
  /** Width in columns of each line on the screen. */
  let shownWidths: readonly number[] = [];
  const render = (line: Line) =>
    renderLine(line, { painted: isPainted(), escaped: true, tones: allTones });
  return {
    show: (lines: readonly Line[]): void => {
      if (shownWidths.length === 0 && lines.length === 0) return;
      const { write, columns, rows } = measureScreen(screen());
      // If the screen has become narrower, the terminal has wrapped longer lines.
      const height = shownWidths.reduce((sum, width) => sum + Math.ceil(width / columns), 0);
      // The terminal shows typed keys, such as `^C`, below the lines, so the cursor may have moved to the right.
      const moveUp = height === 0 ? '' : `\r\u001b[${String(height)}A`;
      // One column remains unused, because some terminals wrap a line that fills all columns.
      const fittedLines = limitLines(lines, rows - 1).map((line) => shortenLine(line, columns - 1));
      const text = fittedLines.map((line) => `${render(line)}\u001b[K\n`).join('');
      // Also clears leftover lines below.
      write(`${moveUp}${text}\u001b[J`);
      shownWidths = fittedLines.map((line) => Math.max(1, displayWidth(lineText(line))));
    },
  };
}

function measureScreen(screen: RedrawableScreen) {
  return {
    write: (text: string) => screen.write(text),
    // A pseudo-terminal whose size was never set reports 0.
    columns: Math.max(11, screen.columns || 80),
    rows: Math.max(4, screen.rows || Infinity),
  };
}

/** Limits the number of lines, because lines that have scrolled off the screen cannot be redrawn. */
function limitLines(lines: readonly Line[], height: number): readonly Line[] {
  if (lines.length <= height) return lines;
  const visible = lines.slice(0, height - 1);
  return [...visible, `... and ${String(lines.length - visible.length)} more lines`];
}
