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
  const digits = text.replace(/\s/g, '');
  const isHexadecimal = /^-?(0x|#)[\da-f]+$/i.test(digits);
  const isDecimal = /^[+-]?\d+$/.test(digits);
  const value = isHexadecimal
    ? Number.parseInt(digits.replace(/0x|#/i, ''), 16)
    : Number(isDecimal ? digits : Number.NaN);
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
