import type { Services } from '../services.js';
import type { CreateUaaResource } from '../services/uaa.js';
import { isTpksError, rewordError } from '../errors.js';
import type { UaacOptions } from './option-values.js';
import { requestError, replaceText } from './uaac-error.js';

/** The command line, services, prompts and output of a command of `uaac`. */
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
  readonly prompt: (label: string) => Promise<string>;
  /** Like `prompt`, for a secret. At the end of the input, the secret is empty, as in the original. */
  readonly promptHidden: (label: string) => Promise<string>;
  /** Whether stdout is a terminal. */
  readonly isTerminal: boolean;
}

/**
 * Returns a client for a resource of the UAA.
 * @throws {UaacError} without a current context.
 */
export async function createResource<T>(
  { services }: Pick<UaacRun, 'services'>,
  create: CreateUaaResource<T>,
): Promise<T> {
  await requireContext({ services });
  return services.uaaResource(create);
}

/**
 * @param createError - `programError` if `uaac` looks for the context before it prepares a request.
 * @throws {UaacError} without a current context.
 */
export async function requireContext(
  { services }: Pick<UaacRun, 'services'>,
  createError: typeof requestError = requestError,
) {
  try {
    return await services.uaaContext();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw toContextError(error);
    const { lines } = createError('ArgumentError', 'target and context not set');
    throw replaceText(rewordError(error, { hint: loginHint }), ...lines);
  }
}

/** Names an unknown context, which would otherwise look like an unknown object of the UAA. */
export async function explainUnknownContext<T>(target: Promise<T>): Promise<T> {
  try {
    return await target;
  } catch (error) {
    throw toContextError(error);
  }
}

function toContextError(error: unknown): unknown {
  return isTpksError(error) && error.kind === 'notFound'
    ? replaceText(error, ...requestError('ArgumentError', error.message).lines)
    : error;
}

const loginHint =
  'select a UAA, then get a token: uaac target URL --ca-cert FILE, then uaac token client get admin';

/** Returns the argument at a position, or prompts for it if it is missing. */
export async function readArgument(
  { args, prompt }: Pick<UaacRun, 'args' | 'prompt'>,
  index: number,
  label: string,
): Promise<string> {
  return args[index] ?? prompt(label);
}

/** Prompts for a new secret twice, and repeats this until both inputs are the same. */
export async function promptTwice(
  { promptHidden }: Pick<UaacRun, 'promptHidden'>,
  label: string,
): Promise<string> {
  for (;;) {
    const first = await promptHidden(label);
    if ((await promptHidden(`Verify ${label.toLowerCase()}`)) === first) return first;
  }
}
