import stringWidth from 'string-width';
import { isPlain, toPrintable } from './sanitize.js';

/** Returns the number of terminal columns of a text, after unprintable characters are escaped. */
export function displayWidth(text: string): number {
  return isPlain(text) ? text.length : stringWidth(toPrintable(text));
}
