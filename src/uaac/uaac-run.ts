import { createRawObjects } from '../api/uaa/list-resources.js';
import type { CreateUaaResource } from '../app/resources.js';
import type { Services } from '../app/services.js';
import { isTpksError, rewordError } from '../base/errors.js';
import { lazy, type Asynchronous } from '../base/lazy.js';
import { Secret } from '../base/secret.js';
import { toAttributeNames } from '../commands/uaa/attribute-names.js';
import type { OptionName, UaacOptions } from './options.js';
import { toLowerCaseFields } from './tree.js';
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
 * Returns a client for a resource of the UAA. Its functions throw an `UaacError` without a current context.
 */
export function createResource<T extends Asynchronous<T>>(
  { services }: Pick<UaacRun, 'services'>,
  create: CreateUaaResource<T>,
): T {
  return lazy(async () => {
    await requireContext({ services });
    return services.uaaResource(create);
  });
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

interface RawList {
  /** Unencoded segments of the path. */
  readonly path: readonly string[];
  /** Converts attribute names to the UAA's spelling; SCIM attributes if absent. */
  readonly toAttributeNames?: (names: readonly string[]) => readonly string[];
}

export async function printPage(run: UaacRun, list: RawList): Promise<void> {
  const raw = createResource(run, createRawObjects);
  await run.printTree(toLowerCaseFields(await raw.get(list.path, toQuery(run, list))));
}

/**
 * Prints all entries of a list, each under its name. If the names were not requested, the entries are
 * printed without them. With `--start` or `--count`, prints one page.
 * @param nameKey - the field with the name, in lower case.
 */
export async function printAll(
  run: UaacRun,
  list: RawList & { readonly nameKey: string },
): Promise<void> {
  if (run.options.has('start') || run.options.has('count')) return printPage(run, list);
  const raw = createResource(run, createRawObjects);
  const entries = (await raw.list(list.path, toQuery(run, list))).map(toLowerCaseFields);
  if (typeof entries[0]?.get(list.nameKey) !== 'string') return run.printTree(entries);
  const entriesByName = new Map<string, unknown>();
  for (const entry of entries) {
    entriesByName.set(String(entry.get(list.nameKey)), entry);
    entry.delete(list.nameKey);
  }
  await run.printTree(entriesByName);
}

export function toQuery(
  { args, options }: UaacRun,
  { toAttributeNames: convert = toAttributeNames }: Partial<RawList> = {},
): Readonly<Record<string, string>> {
  const attributes = options.list('attributes');
  const query = {
    attributes: attributes && convert(attributes).join(','),
    filter: args[0],
    startIndex: options.text('start'),
    count: options.text('count'),
  };
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
