import type { ClockSkew } from '../server-clock.js';
import { spanText } from './span.js';

/** @returns e.g. `this machine’s clock is 1 d behind the server’s`. */
export function clockWarning({ seconds, isCurrent }: ClockSkew): string {
  const distance = `${spanText(Math.abs(seconds))} ${seconds > 0 ? 'behind' : 'ahead of'}`;
  return isCurrent
    ? `this machine’s clock is ${distance} the server’s`
    : `this machine’s clock was ${distance} the server’s when the token was issued`;
}
