import { errorCode } from './errors.js';

/** Also searches the causes of an error, because libraries wrap socket errors up to three times. */
export function findInErrorChain<T>(
  error: unknown,
  pick: (code: string) => T | undefined,
): T | undefined {
  return errorChain(error)
    .map((link) => pick(errorCode(link) ?? ''))
    .find((found) => found !== undefined);
}

/** Finds the first `code` in an error and its causes, e.g. `ECONNREFUSED`; `undefined` if no error has one. */
export function findErrorCode(error: unknown): string | undefined {
  return findInErrorChain(error, (code) => (code === '' ? undefined : code));
}

/** Error code of an exceeded time limit. It stays in the chain of causes if the error is reworded. */
export const timeLimitCode = 'TIME_LIMIT';

/** An error and its causes, outermost first. */
export function errorChain(error: unknown): unknown[] {
  const links: unknown[] = [];
  let link: unknown = error;
  while (link !== undefined && link !== null && links.length < 8) {
    links.push(link);
    if (typeof link !== 'object') break;
    if ('cause' in link && link.cause !== undefined) link = link.cause;
    // If a host has several addresses, Node collects their errors in an AggregateError.
    else link = 'errors' in link && Array.isArray(link.errors) ? link.errors[0] : undefined;
  }
  return links;
}
