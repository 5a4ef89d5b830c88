import type { Terminal } from '../terminal/terminal.js';

/** Completion never prints messages and never prompts. */
export const silentTerminal: Terminal = {
  wantsJson: () => false,
  canPrompt: () => false,
  show: () => Promise.resolve(),
  showPage: () => Promise.resolve(),
  write: () => Promise.resolve(),
  writeUntrusted: () => Promise.resolve(),
  // A command stores the names of a list only after the list was read completely.
  async writeAll(pieces) {
    const iterator = pieces[Symbol.asyncIterator]();
    while ((await iterator.next()).done !== true);
  },
  canRepaint: () => false,
  columns: () => 80,
  showLive: () => undefined,
  showSlow: () => undefined,
  note: () => undefined,
  announce: () => Promise.resolve(),
  warn: () => undefined,
  prompt: () => Promise.reject(new Error('completion never prompts')),
  readStdin: () => Promise.resolve(''),
  stdinName: () => undefined,
  readLine: () => Promise.resolve(undefined),
};
