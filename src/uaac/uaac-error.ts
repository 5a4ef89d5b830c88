/** A failure that is printed exactly as given. */
export interface UaacError extends Error {
  readonly name: 'UaacError';
  readonly lines: readonly string[];
  /** The error that `lines` replaces. It contains the details and the hint. */
  readonly cause?: unknown;
}

/** Creates an error with the lines that `uaac` prints for it. */
export function uaacError(...lines: readonly string[]): UaacError {
  return Object.assign(new Error(lines.join('\n')), { name: 'UaacError' as const, lines });
}

/** Replaces the text of an error, but keeps its hint. */
export function replaceText(cause: unknown, ...lines: readonly string[]): UaacError {
  return Object.assign(uaacError(...lines), { cause });
}

/** An error in a request or its input, e.g. `RuntimeError: no new users given`. */
export function requestError(type: string, message: string): UaacError {
  return uaacError('', `${type}: ${message}`, '');
}

/** An error outside a request, e.g. an invalid option. */
export function programError(type: string, message: string): UaacError {
  return uaacError('uaac error', `${type}: ${message}`, '');
}

export const notFoundType = 'CF::UAA::NotFound';

/** Compares the name, because `instanceof` fails for errors from another chunk of the bundle. */
export function isUaacError(error: unknown): error is UaacError {
  return error instanceof Error && error.name === 'UaacError';
}
