/** The exit code of each kind of failure; a kind is what the user can do about it. */
export const exitCodes = {
  failed: 1,
  notFound: 1,
  forbidden: 1,
  conflict: 1,
  usage: 2,
  /** No failure but an answer, for a script that asked whether there are any: nothing is printed. */
  changes: 3,
  unauthenticated: 4,
  unavailable: 5,
  untrusted: 6,
  keychain: 7,
  cancelled: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

export interface ErrorDetails {
  /** The command to type next, or the choices there are. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** HTTP status of the answer that caused it. */
  readonly status?: number;
  /** OAuth error code of the answer that caused it, e.g. `invalid_token`. */
  readonly oauthError?: string;
}

/** A failure that a user can do something about. Anything else that is thrown is a bug. */
export class TpksError extends Error {
  override readonly name = 'TpksError';
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly oauthError: string | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
    this.status = details.status;
    this.oauthError = details.oauthError;
  }
}

/**
 * The same failure in other words, or with other advice. What the server said with it stays.
 * @param words - what is not named stays as it was.
 */
export function reworded(
  cause: TpksError,
  words: { readonly kind?: ErrorKind; readonly message?: string; readonly hint?: string },
): TpksError {
  const { kind, message, hint, status, oauthError } = cause;
  const said = {
    ...(hint === undefined ? {} : { hint }),
    ...(status === undefined ? {} : { status }),
    ...(oauthError === undefined ? {} : { oauthError }),
  };
  return new TpksError(words.kind ?? kind, words.message ?? message, { ...said, ...words, cause });
}

/** `instanceof` fails for errors of another realm or bundle chunk: go by the name. */
export function isTpksError(error: unknown): error is TpksError {
  return error instanceof Error && error.name === 'TpksError';
}

/** The `code` that Node puts on its errors (`ENOENT`, `ECONNREFUSED`, …), if there is one. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What an error of any origin says about itself. */
export function errorMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
