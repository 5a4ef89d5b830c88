import type { Services } from '../services.js';
import type { LoadUaaResource } from '../services/uaa.js';
import { isTpksError, rewordError } from '../errors.js';
import type { UaacOptions } from './option-values.js';
import { requestError, rewordAs } from './uaac-error.js';

/** What a command of `uaac` works with. */
export interface UaacRun {
  /** The arguments after the command words. */
  readonly args: readonly string[];
  readonly options: UaacOptions;
  readonly services: Services;
  /** Prints lines to stdout. */
  readonly print: (...lines: readonly string[]) => Promise<void>;
  /** Prints a value as a tree. */
  readonly printTree: (value: unknown) => Promise<void>;
  /** Prompts for a value, or reads it from a line of a piped stdin. */
  readonly ask: (prompt: string) => Promise<string>;
  /** Like `ask`, for a secret. At the end of the input, the secret is empty, as in the original. */
  readonly askHidden: (prompt: string) => Promise<string>;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
}

/**
 * Returns a client for a resource of the UAA.
 * @throws {UaacError} if there is no current context.
 */
export async function useResource<T>(
  { services }: Pick<UaacRun, 'services'>,
  load: LoadUaaResource<T>,
): Promise<T> {
  await requireContext({ services });
  return services.uaaResource(load);
}

/**
 * @param createError - `programError` if `uaac` needs the context before it sends a request.
 * @throws {UaacError} if there is no current context.
 */
export async function requireContext(
  { services }: Pick<UaacRun, 'services'>,
  createError: typeof requestError = requestError,
) {
  try {
    return await services.uaaContext();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
    const { lines } = createError('ArgumentError', 'target and context not set');
    throw rewordAs(rewordError(error, { hint: loginHint }), ...lines);
  }
}

const loginHint =
  'select a UAA, then get a token: uaac target URL --ca-cert FILE, then uaac token client get admin';

/** The argument at a position; the user is prompted for a missing one. */
export async function findArgument(
  { args, ask }: Pick<UaacRun, 'args' | 'ask'>,
  index: number,
  prompt: string,
): Promise<string> {
  return args[index] ?? ask(prompt);
}

/** Prompts twice for a new secret, until both answers are the same. */
export async function askTwice(
  { askHidden }: Pick<UaacRun, 'askHidden'>,
  prompt: string,
): Promise<string> {
  for (;;) {
    const first = await askHidden(prompt);
    if ((await askHidden(`Verify ${prompt.toLowerCase()}`)) === first) return first;
  }
}
