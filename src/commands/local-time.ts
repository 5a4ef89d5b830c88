/** Formats a server's time, in seconds or milliseconds since 1970, in the local time zone. */
export type FormatTime = (epoch: number | null | undefined) => string;

/** The PKS API sends seconds or milliseconds; numbers above this are milliseconds. @see pks-api, section 12 */
const minimumMilliseconds = 1e11;

/**
 * Creates a formatter for times as in the original CLI: RFC 1123 with the abbreviation of the time
 * zone, e.g. `Mon, 14 Oct 2019 12:00:00 PDT`.
 *
 * @param placeholder - printed for a missing time.
 * @param timeZone - IANA name; the machine's time zone if absent.
 */
export function createTimeFormatter(placeholder: string, timeZone?: string): FormatTime {
  const zone = timeZone === undefined ? {} : { timeZone };
  let parts: Intl.DateTimeFormat | undefined;
  const formatZone = createZoneFormatter(zone);
  return (epoch) => {
    // Go servers send 0 for a missing number.
    if (epoch === undefined || epoch === null || epoch === 0) return placeholder;
    const date = new Date(epoch > minimumMilliseconds ? epoch : epoch * 1000);
    // Out of range for a date.
    if (Number.isNaN(date.getTime())) return String(epoch);
    // Created on first use because it takes milliseconds.
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

/** Each locale has abbreviations only for the time zones of its country. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-NZ', 'en-ZA'];

/**
 * Formats the zone as Go does: as its abbreviation, or as its UTC offset, e.g. `+0545`, if it has no
 * abbreviation.
 */
function createZoneFormatter(zone: { readonly timeZone?: string }): (time: Date) => string {
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
