import { redact } from './secret.js';

/** The exit code for each kind of error. The kind determines what the user can do. */
export const exitCodes = {
  failed: 1,
  notFound: 1,
  forbidden: 1,
  conflict: 1,
  usage: 2,
  /** Not an error, and not printed. Tells a script that there are changes or findings, or that something expires soon. */
  changes: 3,
  unauthenticated: 4,
  unavailable: 5,
  untrusted: 6,
  keychain: 7,
  /** A file of tpks cannot be read or written, or the output cannot be written. */
  storage: 7,
  cancelled: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

/** A label and a value, e.g. `Issuer` and `CN=Example CA`. */
export type Fact = readonly [label: string, value: string];

/** The kind of resource that a name belongs to. */
export type NameKind =
  | 'clients'
  | 'clusters'
  | 'compute-profiles'
  | 'groups'
  | 'kubernetes-profiles'
  | 'network-profiles'
  | 'owners'
  | 'plans'
  | 'tasks'
  | 'users';

/** A name that does not exist. The error is printed with similar names that exist. */
export interface UnknownName {
  readonly name: string;
  readonly kind: NameKind | 'contexts';
  /** The stored context whose cached names are compared; `undefined` to compare none. */
  readonly context?: string;
  /** Requests the names if none are cached. The name itself can be one of them. */
  readonly list?: () => Promise<readonly string[]>;
}

export interface ErrorDetails {
  /** The command to run next, or the alternatives. */
  readonly hint?: string | undefined;
  /** Facts for the user to check, as labels and values, e.g. of a certificate. Printed below the message. */
  readonly facts?: readonly Fact[] | undefined;
  /** A shorter message, for lists of several errors under a common message. */
  readonly summary?: string;
  readonly cause?: unknown;
  readonly status?: number | undefined;
  /** OAuth error code of the response that caused the error, e.g. `invalid_token`. */
  readonly oauthError?: string | undefined;
  /** Host and port of the server or proxy that the failed request went to. */
  readonly host?: string | undefined;
  readonly body?: unknown;
  readonly unknownName?: UnknownName | undefined;
}

/** An error that the user can do something about. Any other exception is a bug. */
export class TpksError extends Error {
  override readonly name = 'TpksError';
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly facts: readonly Fact[];
  readonly summary: string | undefined;
  readonly status: number | undefined;
  readonly oauthError: string | undefined;
  readonly host: string | undefined;
  readonly body: unknown;
  readonly unknownName: UnknownName | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
    this.facts = details.facts ?? [];
    this.summary = details.summary;
    this.status = details.status;
    this.oauthError = details.oauthError;
    this.host = details.host;
    this.body = details.body;
    this.unknownName = details.unknownName;
  }
}

/** @param words.nextHint - lines that are added after the error's hint. */
export function rewordError(
  cause: TpksError,
  words: {
    readonly kind?: ErrorKind;
    readonly message?: string;
    readonly hint?: string;
    readonly nextHint?: string;
    readonly unknownName?: UnknownName;
  },
): TpksError {
  const { facts, status, oauthError, body, host } = cause;
  const hints = [words.hint ?? cause.hint, words.nextHint];
  const hint = hints.filter(Boolean).join('\n') || undefined;
  const unknownName = words.unknownName ?? cause.unknownName;
  const details = { hint, facts, status, oauthError, body, host, unknownName, cause };
  return new TpksError(words.kind ?? cause.kind, words.message ?? cause.message, details);
}

export interface Failure {
  readonly name: string;
  readonly error: TpksError;
}

/**
 * Combines the failures of several items into one error.
 * @param main - the failure that determines the kind and, unless it has none, the hint.
 * @param texts.summary - without the names, e.g. `Cannot get credentials for 1 of 3 clusters`.
 */
export function combineFailures(
  main: Failure,
  all: readonly Failure[],
  texts: { readonly summary: string; readonly hint: string },
): TpksError {
  const names = all.map(({ name }) => name).join(', ');
  return new TpksError(main.error.kind, `${texts.summary}: ${names}`, {
    hint: main.error.hint ?? texts.hint,
    // A suggestion for one of several names would seem to apply to all.
    unknownName: all.length === 1 ? main.error.unknownName : undefined,
  });
}

/** Compares the name, because `instanceof` fails for errors from another realm or bundle chunk. */
export function isTpksError(error: unknown): error is TpksError {
  return error instanceof Error && error.name === 'TpksError';
}

/** Whether the keychain or a file of tpks could not be used. */
export function isStoreError(error: unknown): error is TpksError {
  return isTpksError(error) && (error.kind === 'keychain' || error.kind === 'storage');
}

/** The `code` of an error from Node, e.g. `ENOENT` or `ECONNREFUSED`; `undefined` if it has none. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** The message of a server error, with the host unless the message already contains it. */
export function messageWithHost({ message, host }: TpksError): string {
  return host === undefined || message.includes(host) ? message : `${host}: ${message}`;
}

/** The message and the facts of an error on one line. */
export function messageWithFacts({ message, facts }: Pick<TpksError, 'message' | 'facts'>): string {
  if (facts.length === 0) return message;
  return `${message} (${facts.map(([label, value]) => `${label}: ${value}`).join('; ')})`;
}

/** The message of an error that becomes a warning, with the hint of the error and without secrets. */
export function messageWithHint({ message, hint }: TpksError): string {
  return redact(hint === undefined ? message : `${message}; to fix it: ${hint}`);
}

/** The message of any value that was thrown. */
export function errorMessage(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}

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

/** Finds the first value that `pick` returns for the code of an error or of one of its causes. */
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
