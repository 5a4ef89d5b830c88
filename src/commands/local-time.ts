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
  return (epoch) => {
    // Go servers send 0 for a missing number.
    if (epoch === undefined || epoch === null || epoch === 0) return placeholder;
    const date = new Date(epoch > minimumMilliseconds ? epoch : epoch * 1000);
    // Out of range for a date.
    if (Number.isNaN(date.getTime())) return String(epoch);
    const read = (type: Intl.DateTimeFormatPartTypes) => readPart(date, type, { timeZone });
    const day = `${read('weekday')}, ${read('day')} ${read('month')} ${read('year')}`;
    const time = `${read('hour')}:${read('minute')}:${read('second')}`;
    return `${day} ${time} ${formatZone(date, timeZone)}`;
  };
}

function readPart(
  date: Date,
  part: Intl.DateTimeFormatPartTypes,
  options: Intl.DateTimeFormatOptions,
  locale = 'en-US',
): string {
  const format = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...options,
  });
  return format.formatToParts(date).find(({ type }) => type === part)?.value ?? '';
}

/** Each locale has abbreviations only for the time zones of its country. */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-NZ', 'en-ZA'];

/** Formats the zone as Go does: as its abbreviation or, if it has none, as its UTC offset, e.g. `+0545`. */
function formatZone(date: Date, timeZone: string | undefined): string {
  const names = locales.map((locale) =>
    readPart(date, 'timeZoneName', { timeZone, timeZoneName: 'short' }, locale),
  );
  const offset = readPart(date, 'timeZoneName', { timeZone, timeZoneName: 'longOffset' });
  return (
    names.find((name) => !/^(?:GMT|UTC)[+-]/.test(name)) ??
    offset.replace('GMT', '').replace(':', '').replace(/00$/, '')
  );
}
