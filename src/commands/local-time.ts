/** Formats a time from a server in the local time zone. */
export type LocalTime = (epoch: number | null | undefined) => string;

/** Larger numbers from the PKS API are milliseconds, smaller ones seconds. @see pks-api, section 12 */
const minimumMilliseconds = 1e11;

/**
 * RFC 1123 with the zone's own abbreviation, as the original prints it, e.g.
 * `Mon, 14 Oct 2019 12:00:00 PDT`.
 *
 * @param placeholder - returned for a time that is absent.
 * @param timeZone - the machine's if absent.
 */
export function localTimes(placeholder: string, timeZone?: string): LocalTime {
  const zone = timeZone === undefined ? {} : { timeZone };
  let parts: Intl.DateTimeFormat | undefined;
  const formatZone = createZoneFormatter(zone);
  return (epoch) => {
    // Go sends 0 for a number that is absent.
    if (epoch === undefined || epoch === null || epoch === 0) return placeholder;
    const date = new Date(epoch > minimumMilliseconds ? epoch : epoch * 1000);
    // Too large for a date.
    if (Number.isNaN(date.getTime())) return String(epoch);
    // Created on first use: it takes milliseconds.
    parts ??= new Intl.DateTimeFormat('en-US', { ...zone, ...timeParts });
    const part = Object.fromEntries(
      parts.formatToParts(date).map(({ type, value }) => [type, value] as const),
    );
    const [day, time] = [
      `${part['weekday'] ?? ''}, ${part['day'] ?? ''} ${part['month'] ?? ''} ${part['year'] ?? ''}`,
      `${part['hour'] ?? ''}:${part['minute'] ?? ''}:${part['second'] ?? ''}`,
    ];
    return `${day} ${time} ${formatZone(date)}`;
  };
}

const timeParts: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};

/** Each locale knows only the abbreviations of its own country's zones. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-NZ', 'en-ZA'];

/** A zone's abbreviation, or if it has none its offset from UTC, as Go prints it: `+0545`. */
function createZoneFormatter(zone: { readonly timeZone?: string }): (at: Date) => string {
  const formats = new Map<string, Intl.DateTimeFormat>();
  const readZoneName = (
    date: Date,
    locale: string,
    timeZoneName: 'short' | 'longOffset',
  ): string => {
    const key = `${locale} ${timeZoneName}`;
    const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...zone, timeZoneName });
    formats.set(key, format);
    return format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  };
  return (date) => {
    for (const locale of locales) {
      const name = readZoneName(date, locale, 'short');
      if (!/^(?:GMT|UTC)[+-]/.test(name)) return name;
    }
    return readZoneName(date, 'en-US', 'longOffset')
      .replace('GMT', '')
      .replace(':', '')
      .replace(/00$/, '');
  };
}
