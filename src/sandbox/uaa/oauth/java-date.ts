const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * An instant as Java's `Date.toString` shows it on a server that runs in UTC.
 *
 * @param at - epoch milliseconds.
 * @returns e.g. `Thu Mar 14 23:34:23 UTC 2019`.
 */
export function javaDate(at: number): string {
  const date = new Date(at);
  const time = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return (
    `${days[date.getUTCDay()] ?? ''} ${months[date.getUTCMonth()] ?? ''} ${day} ${time} ` +
    `UTC ${String(date.getUTCFullYear())}`
  );
}
