/** Words for an instant that a server gave, in the zone of whoever reads them. */
export type LocalTime = (epoch: number | null | undefined) => string;

/** From here on a number of the PKS API counts milliseconds, not seconds. @see pks-api, section 12 */
const millisecondsFrom = 1e11;

/**
 * RFC 1123 with the zone's own abbreviation, as the original prints it, e.g.
 * `Mon, 14 Oct 2019 12:00:00 PDT`.
 *
 * @param missing - stands for an instant that is not there.
 * @param timeZone - that of the machine if absent.
 */
export function localTimes(missing: string, timeZone?: string): LocalTime {
  const zone = timeZone === undefined ? {} : { timeZone };
  const parts = new Intl.DateTimeFormat('en-US', {
    ...zone,
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const zoneName = zoneNames(zone);
  return (epoch) => {
    // Go sends the zero of a number for one that is not there.
    if (epoch === undefined || epoch === null || epoch === 0) return missing;
    const at = new Date(epoch > millisecondsFrom ? epoch : epoch * 1000);
    // No calendar reaches this far.
    if (Number.isNaN(at.getTime())) return String(epoch);
    const part = Object.fromEntries(
      parts.formatToParts(at).map(({ type, value }) => [type, value] as const),
    );
    const [date, time] = [
      `${part['weekday'] ?? ''}, ${part['day'] ?? ''} ${part['month'] ?? ''} ${part['year'] ?? ''}`,
      `${part['hour'] ?? ''}:${part['minute'] ?? ''}:${part['second'] ?? ''}`,
    ];
    return `${date} ${time} ${zoneName(at)}`;
  };
}

/** Each country's English knows the abbreviations of its own zones alone. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-NZ', 'en-ZA'];

/** A zone's abbreviation, or where it has none its distance from UTC, as Go prints it: `+0545`. */
function zoneNames(zone: { readonly timeZone?: string }): (at: Date) => string {
  const made = new Map<string, Intl.DateTimeFormat>();
  const named = (at: Date, locale: string, timeZoneName: 'short' | 'longOffset'): string => {
    const key = `${locale} ${timeZoneName}`;
    const format = made.get(key) ?? new Intl.DateTimeFormat(locale, { ...zone, timeZoneName });
    made.set(key, format);
    return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  };
  return (at) => {
    for (const locale of locales) {
      const name = named(at, locale, 'short');
      if (!/^(?:GMT|UTC)[+-]/.test(name)) return name;
    }
    return named(at, 'en-US', 'longOffset').replace('GMT', '').replace(':', '').replace(/00$/, '');
  };
}
