import { printable } from '../terminal/sanitize.js';
import type { Completion } from './suggest.js';

/**
 * A completion as the scripts of all shells read it: one suggestion a line, with a TAB before its
 * description if there is one. The last line tells the shell what else to offer: `:files` or
 * `:none`.
 */
export function toReply({ suggestions, files }: Completion): string {
  const lines = suggestions.map(({ value, description = '' }) =>
    description === '' ? value : `${value}\t${printable(description)}`,
  );
  return [...lines, files ? ':files' : ':none', ''].join('\n');
}
