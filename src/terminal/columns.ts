import stringWidth from 'string-width';
import { isPlain, printable } from './sanitize.js';

/** Number of terminal columns that a text takes when it is shown, escapes included. */
export function displayWidth(text: string): number {
  return isPlain(text) ? text.length : stringWidth(printable(text));
}
