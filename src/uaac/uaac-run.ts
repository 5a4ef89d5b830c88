import type { Services } from '../app/services.js';
import { isTpksError, rewordError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import type { OptionName, UaacOptions } from './options.js';
import { requestError } from './uaac-error.js';

export interface UaacRun {
  /** The arguments after the command words. */
  readonly args: readonly string[];
  readonly options: UaacOptions;
  readonly services: Services;
  readonly print: (...lines: readonly string[]) => Promise<void>;
  readonly printTree: (value: unknown) => Promise<void>;
  /** Prompts for a value, or reads it from a line of a piped stdin. */
  readonly prompt: (label: string) => Promise<string>;
  /** Like `prompt`, for a secret. At the end of the input, the secret is empty, as in the original. */
  readonly promptHidden: (label: string) => Promise<string>;
  readonly isTerminal: boolean;
  readonly help: readonly string[];
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
    const cause = rewordError(error, { hint: loginHint });
    throw createError('ArgumentError', 'target and context not set', cause);
  }
}

/** Names an unknown context, which would otherwise look like an unknown object of the UAA. */
export function explainUnknownContext<T>(target: Promise<T>): Promise<T> {
  return target.catch((error: unknown) => {
    throw toContextError(error);
  });
}

function toContextError(error: unknown): unknown {
  return isTpksError(error) && error.kind === 'notFound'
    ? requestError('ArgumentError', error.message, error)
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

/** Returns the value of an option, or prompts for it if it is missing. */
export async function readSecret(
  { options, promptHidden }: Pick<UaacRun, 'options' | 'promptHidden'>,
  option: OptionName,
  label: string,
): Promise<Secret> {
  return new Secret(options.text(option) ?? (await promptHidden(label)));
}

/** Like `readSecret`, for a new secret: prompts twice, until both inputs are the same. */
export async function readNewSecret(
  { options, promptHidden }: Pick<UaacRun, 'options' | 'promptHidden'>,
  option: OptionName,
  label: string,
): Promise<Secret> {
  const value = options.text(option);
  if (value !== undefined) return new Secret(value);
  for (;;) {
    const first = await promptHidden(label);
    if ((await promptHidden(`Verify ${label.toLowerCase()}`)) === first) return new Secret(first);
  }
}
