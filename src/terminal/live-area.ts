import { createLiveLines } from './live-lines.js';
import type { Screen } from './terminal-io.js';

/** Servers that have not responded for some time. */
export interface SlowServers {
  /** Host and port of each server. */
  readonly hosts: readonly string[];
  /** How long the oldest request has been waiting. */
  readonly seconds: number;
}

/** The lines below all other output on stderr: the command's own lines, and one about slow servers. */
export interface LiveArea {
  /** Replaces the lines of the command. */
  readonly show: (lines: readonly string[]) => void;
  /** Replaces the line about slow servers; `undefined` removes it. */
  readonly showSlow: (slow: SlowServers | undefined) => void;
  /** Clears the area before other output. The next call of another function shows it again. */
  readonly clear: () => void;
  /** Clears the area while a prompt or another program uses the screen. */
  readonly suspend: <T>(work: () => Promise<T>) => Promise<T>;
}

interface LiveAreaDeps {
  readonly screen: () => Screen;
  /** Whether lines can be redrawn in place. */
  readonly canRepaint: () => boolean;
  /** Whether stdout is on the same screen and its last line is incomplete. */
  readonly isLineIncomplete: () => boolean;
  /** Prints a line that is not redrawn. */
  readonly note: (text: string) => void;
}

export function createLiveArea(deps: LiveAreaDeps): LiveArea {
  const live = createLiveLines(deps.screen);
  const announcedHosts = new Set<string>();
  let lines: readonly string[] = [];
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
    show(newLines) {
      lines = newLines;
      repaint();
    },
    showSlow(slow) {
      if (deps.screen().isTTY !== true) return;
      if (!deps.canRepaint()) {
        if (slow !== undefined) announce(slow);
        return;
      }
      slowLine = slow && `${formatSlowServers(slow.hosts)} (${String(Math.floor(slow.seconds))} s)`;
      repaint();
    },
    clear: () => {
      live.show([]);
    },
    async suspend(work) {
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
