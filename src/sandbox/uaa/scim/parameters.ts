/**
 * Readers for query parameters, which convert them as Spring MVC does. An empty parameter has its
 * default value.
 */

/** Reads a text. Repeated parameters are joined with commas. */
export function readTextParameter(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).join(',') || undefined;
}

/**
 * Reads the first parameter with this name as an `int`, which can be hexadecimal.
 *
 * @throws the error that `toError` returns.
 */
export function readIntParameter(
  query: URLSearchParams,
  name: string,
  { fallback, toError }: { readonly fallback: number; readonly toError: () => Error },
): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  const [, sign = '', prefix = '', digits = ''] =
    /^(-?)(0x|#)([\da-f]+)$|^([+-]?)()(\d+)$/i
      .exec(text.replace(/\s/g, ''))
      ?.filter((part) => part !== undefined) ?? [];
  const value = Number.parseInt(`${sign}${digits}`, prefix === '' ? 10 : 16);
  if (value >= -(2 ** 31) && value < 2 ** 31) return value;
  throw toError();
}

/**
 * Reads the first parameter with this name as a boolean. The default is false.
 *
 * @throws the error that `toError` returns.
 */
export function readBooleanParameter(
  query: URLSearchParams,
  name: string,
  toError: () => Error,
): boolean {
  const text = (query.get(name) ?? '').trim().toLowerCase();
  if (['true', 'on', 'yes', '1'].includes(text)) return true;
  if (['', 'false', 'off', 'no', '0'].includes(text)) return false;
  throw toError();
}
