import { type Command, Option } from 'commander';
import type { CreateUaaResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import { type ErrorKind, isTpksError, type TpksError } from '../../base/errors.js';
import type { Asynchronous } from '../../base/lazy.js';
import { toYaml } from '../../platform/terminal/lines.js';
import type { PromptOptions } from '../../platform/terminal/stdin.js';
import type { OutputFormat, View, Terminal } from '../../platform/terminal/terminal.js';
import { asCollector, validateName } from '../completers.js';
import { confirm } from '../confirm.js';
import type { Leaf } from '../contents.js';
import { runAndShowDryRun, type DryRunOption, dryRunOption } from '../dry-run.js';
import { formatMilliseconds } from '../format-time.js';
import { parseNonEmptyList } from '../option-values.js';
import { type CommandHelp, formatExamples, outputOption } from '../resource/list-command.js';

/** The attributes of users and groups. The UAA accepts only this spelling. */
const attributeNames = [
  'id',
  'userName',
  'displayName',
  'description',
  'origin',
  'externalId',
  'zoneId',
  'name',
  'familyName',
  'givenName',
  'name.familyName',
  'name.givenName',
  'emails',
  'emails.value',
  'phoneNumbers',
  'phoneNumbers.value',
  'groups',
  'members',
  'approvals',
  'active',
  'verified',
  'meta',
  'meta.version',
  'meta.created',
  'meta.lastModified',
  'passwordLastModified',
  'lastLogonTime',
  'previousLogonTime',
  'schemas',
];

const namesByLowerCase = new Map(attributeNames.map((name) => [name.toLowerCase(), name]));

/**
 * Converts attribute names from any case to the UAA's spelling, without duplicates. Unknown names are
 * kept unchanged.
 */
export function toAttributeNames(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => namesByLowerCase.get(name.toLowerCase()) ?? name))];
}

/** The fields that the UAA sends as epoch milliseconds. @see uaa-api, section 1.1, Dates */
const timeFields = new Set([
  'created',
  'last_modified',
  'lastModified',
  'lastLogonTime',
  'previousLogonTime',
  'previous_logon_time',
]);

/**
 * Replaces epoch milliseconds with ISO 8601 times, at any depth.
 * @param name - the field that contains the value.
 */
export function withReadableTimes(value: unknown, name = ''): unknown {
  if (typeof value === 'number' && timeFields.has(name)) return formatMilliseconds(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withReadableTimes(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withReadableTimes(inner, key)]),
  );
}

/**
 * Shows an object of the UAA, unchanged as JSON or with readable times as YAML.
 * @param nameField - the field that `-o name` prints; `undefined` if the object has no name.
 * @param textObject - shown as text instead of the object.
 */
export async function showObject(
  object: object,
  deps: Pick<Services, 'terminal'>,
  nameField?: string,
  textObject = object,
): Promise<void> {
  const name: unknown = nameField === undefined ? undefined : Reflect.get(object, nameField);
  await showNamedObject(object, typeof name === 'string' ? name : undefined, deps, textObject);
}

/**
 * Shows an object that does not contain its own name, like {@link showObject}.
 * @param name - what `-o name` prints.
 */
export async function showNamedObject(
  object: object,
  name: View['name'],
  { terminal }: Pick<Services, 'terminal'>,
  textObject = object,
): Promise<void> {
  await terminal.show({ json: object, text: await toYaml(withReadableTimes(textObject)), name });
}

/** Names an object as on the command line, e.g. `user erin` or `the user with the id 1`. */
export function labelOf(
  noun: string,
  key: { readonly id: string } | { readonly name: string },
): string {
  return 'id' in key ? `the ${noun} with the id ${key.id}` : `${noun} ${key.name}`;
}

/**
 * Returns the name from the command line. If it is `undefined`, prompts the user for it.
 * @throws {TpksError} `usage` for an empty name.
 */
export async function readName(
  argument: string | undefined,
  question: PromptOptions,
  terminal: Terminal,
): Promise<string> {
  const name = argument ?? (await terminal.prompt(question));
  return validateName(name, question.message.replace(/[\s:]+$/, ''), question.hint);
}

/** The arguments and options that identify one object of the UAA. */
export interface ObjectKey<Key, Flags> {
  readonly add: (command: Command) => Command;
  /** @param args - the arguments; the user is prompted for those that are missing. */
  readonly read: (args: readonly string[], flags: Flags, services: Services) => Promise<Key>;
}

/** Describes a command that shows one object of the UAA. */
interface ShowCommand<Resource extends Asynchronous<Resource>, Key, Flags> extends CommandHelp {
  readonly key: ObjectKey<Key, Flags>;
  readonly resource: CreateUaaResource<Resource>;
  /** `undefined` if the command has no `--attributes` option. */
  readonly attributes?: {
    /** Attribute names for the help, e.g. `id,emails`. */
    readonly example: string;
    /** Converts attribute names to the UAA's spelling; SCIM attributes if absent. */
    readonly toAttributeNames?: (names: readonly string[]) => readonly string[];
  };
  readonly options?: () => readonly Option[];
  readonly read: (
    resource: Resource,
    key: Key,
    flags: Flags & AttributeFlags,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /** The field that `-o name` prints. */
  readonly nameField: string;
  /**
   * Adds information to the text output, unless `--attributes` selects fields. JSON and YAML contain
   * only the fields of the UAA.
   */
  readonly addToText?: (
    object: Readonly<Record<string, unknown>>,
    services: Pick<Services, 'uaaResource' | 'terminal'>,
  ) => Promise<object>;
}

interface AttributeFlags {
  readonly attributes?: readonly string[];
}

interface ShowFlags extends AttributeFlags {
  readonly output?: OutputFormat;
}

/** Defines a command that shows one object of the UAA. */
export function showObjectCommand<Resource extends Asynchronous<Resource>, Key, Flags>(
  spec: ShowCommand<Resource, Key, Flags>,
): Leaf {
  const attributes = spec.attributes;
  return {
    define(command, services) {
      spec.key.add(command).description(spec.description);
      if (attributes !== undefined) {
        const convert = attributes.toAttributeNames ?? toAttributeNames;
        command.option(
          '-a, --attributes <list>',
          `return only these attributes, e.g. ${attributes.example}`,
          asCollector((text: string, previous?: readonly string[]) =>
            convert(parseNonEmptyList(text, previous)),
          ),
        );
      }
      for (const option of spec.options?.() ?? []) command.addOption(option);
      command
        .addOption(outputOption('json', 'yaml', 'name'))
        .addHelpText('after', formatExamples(spec.examples))
        .action(async () => {
          const flags = command.opts<Flags & ShowFlags>();
          const key = await spec.key.read(command.args, flags, services);
          const resource = services.uaaResource(spec.resource);
          const object = await spec.read(resource, key, flags);
          const isText = !services.terminal.wantsJson() && flags.output !== 'name';
          const text =
            isText && flags.attributes === undefined
              ? await spec.addToText?.(object, services)
              : object;
          await showObject(object, services, spec.nameField, text);
        });
    },
  };
}

/** Describes a command that deletes one object of the UAA. */
interface DeleteCommand<
  Resource extends Asynchronous<Resource>,
  Key,
  Flags,
  Deleted,
> extends CommandHelp {
  readonly key: ObjectKey<Key, Flags>;
  readonly resource: CreateUaaResource<Resource>;
  /** What the command does, for the prompt, e.g. `delete user erin`. */
  readonly action: (key: Key) => string;
  /** Looks up the object, so that the action names it exactly. */
  readonly describe?: (resource: Resource, key: Key) => Promise<string>;
  /** @returns what `--json` prints. */
  readonly remove: (resource: Resource, key: Key) => Promise<Deleted>;
  /** Whether the command has `--if-exists`; `true` by default. */
  readonly canBeMissing?: boolean;
  /** Printed after the deletion; the same text as in `uaac`. */
  readonly successMessage: string | ((deleted: Deleted) => string);
}

/** Defines a command that deletes one object of the UAA. Without a terminal, it does not prompt. */
export function deleteObjectCommand<Resource extends Asynchronous<Resource>, Key, Flags, Deleted>(
  spec: DeleteCommand<Resource, Key, Flags, Deleted>,
): Leaf {
  const { key: keySpec, action, describe, remove, canBeMissing = true, successMessage } = spec;
  return {
    define(command, services) {
      const deleteObject = async (): Promise<void> => {
        const flags = command.opts<Flags & IfExistsFlags & DeletionFlags>();
        // Report a missing session before any prompt.
        await services.uaaContext();
        const resource = services.uaaResource(spec.resource, flags);
        const key = await keySpec.read(command.args, flags, services);
        const deletion = {
          action: action(key),
          describe: describe && (() => describe(resource, key)),
        };
        const confirmAndRemove = async (): Promise<Deleted | undefined> =>
          (await confirmDeletion(deletion, flags, services)) ? remove(resource, key) : undefined;
        const deleted = await deleteIfExists(confirmAndRemove, flags, services);
        if (deleted === undefined) return;
        const text = typeof successMessage === 'string' ? successMessage : successMessage(deleted);
        await services.terminal.show({ json: deleted, text: [text] });
      };
      addDeletionOptions(keySpec.add(command), ...(canBeMissing ? [ifExistsOption()] : []))
        .description(spec.description)
        .addHelpText('after', formatExamples(spec.examples))
        .action(() => runAndShowDryRun(deleteObject, services));
    },
  };
}

export interface DeletionFlags extends DryRunOption {
  readonly yes?: boolean | undefined;
}

export type DeletionDeps = Pick<Services, 'terminal' | 'options' | 'link' | 'noteUaaIdentity'>;

/** Adds `--dry-run` and `--yes` to a command that deletes something at the UAA. */
export function addDeletionOptions(command: Command, ...others: readonly Option[]): Command {
  for (const option of [...others, dryRunOption()]) command.addOption(option);
  return command.option('-y, --yes', 'do not ask for confirmation');
}

interface Deletion {
  /** What the command does, for the prompt, e.g. `delete user erin`. */
  readonly action: string;
  /**
   * Looks up the object, so that the prompt can name it exactly. Runs only with `--dry-run` and before
   * a prompt. Its result replaces `action`.
   */
  readonly describe?: (() => Promise<string>) | undefined;
  /** Whether only data on this machine is deleted, so that the prompt names no UAA. */
  readonly isLocal?: boolean;
}

/**
 * Asks for confirmation of a deletion, but only on a terminal, because scripts that were written for
 * `uaac` expect no prompt. With `--dry-run`, only shows what would be deleted.
 *
 * @returns whether to continue; if not, the user has declined, and this has been reported.
 * @throws {TpksError} errors of `describe`, except `forbidden`; `cancelled` on Ctrl-C.
 */
export async function confirmDeletion(
  deletion: Deletion,
  { dryRun = false, yes = false }: DeletionFlags,
  { terminal, options, link, noteUaaIdentity }: DeletionDeps,
): Promise<boolean> {
  if (dryRun) {
    terminal.note(`This would ${await describeExactly(deletion)}`);
    return true;
  }
  if (yes || !terminal.canPrompt() || !link.confirmsUaaDeletions) return true;
  const exactAction = await describeExactly(deletion);
  if (deletion.isLocal !== true) await noteUaaIdentity();
  const question = `Are you sure you want to ${exactAction}? (y/n): `;
  if (await confirm(question, { terminal, options }, { alternative: yesHint })) return true;
  terminal.note('Cancelled');
  await terminal.show({ json: { deleted: false }, text: [] });
  return false;
}

const yesHint = 'add --yes to skip the confirmation';

async function describeExactly({ action, describe }: Deletion): Promise<string> {
  try {
    return (await describe?.()) ?? action;
  } catch (error) {
    // A token that allows deleting an object does not always allow reading it.
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    return action;
  }
}

export interface IfMissingFlags {
  readonly ifMissing?: true | undefined;
}

interface IfExistsFlags {
  readonly ifExists?: true;
}

/** The option of commands that add something; it makes them idempotent. */
export function ifMissingOption(): Option {
  return new Option('--if-missing', 'succeed without changes if it already exists');
}

/** The option of commands that delete something; it makes them idempotent. */
export function ifExistsOption(): Option {
  return new Option('--if-exists', 'succeed if it does not exist');
}

/**
 * Adds an object. With `--if-missing`, returns the existing object instead, even if another script adds
 * it at the same time.
 * @param label - the kind and name of the object, e.g. `client ci-reader`.
 * @param object.add - may prompt for values, which are not needed if the object exists.
 */
export async function addIfMissing<T>(
  label: string,
  { get, add }: { readonly get: () => Promise<T>; readonly add: () => Promise<T> },
  flags: IfMissingFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<{ readonly object: T; readonly isNew: boolean }> {
  if (flags.ifMissing !== true) return { object: await add(), isNew: true };
  const existing = await ignoreErrorKind('notFound', get);
  const added = existing === undefined ? await ignoreErrorKind('conflict', add) : undefined;
  if (added !== undefined) return { object: added, isNew: true };
  terminal.note(`No changes: ${label} already exists`);
  return { object: existing ?? (await get()), isNew: false };
}

/**
 * Deletes an object. With `--if-exists`, an object that does not exist is not an error.
 * @returns the deleted object; `undefined`, after a note, if it does not exist.
 */
async function deleteIfExists<T>(
  remove: () => Promise<T>,
  flags: IfExistsFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  if (flags.ifExists !== true) return remove();
  return ignoreErrorKind('notFound', remove, (message) => {
    terminal.note(`No changes: ${message}`);
  });
}

/** @returns `undefined` if `attempt` fails with an error of this kind. */
async function ignoreErrorKind<T>(
  kind: ErrorKind,
  attempt: () => Promise<T>,
  onIgnored: (message: string) => void = () => undefined,
): Promise<T | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== kind) throw error;
    onIgnored(error.message);
    return undefined;
  }
}

/** An object to change, or the reason why it was not found. */
export interface Selection<T> {
  readonly name: string;
  readonly match: T | TpksError;
}

/** The result for one object. */
export interface Outcome {
  readonly name: string;
  /** Follows the name in the output, e.g. `added to pks.clusters.manage`. */
  readonly message: string;
  /** Why the change failed; `undefined` if it succeeded. */
  readonly error?: TpksError;
}

/** The results for all objects. */
export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** An error that would also affect the remaining objects, so they were not processed. */
  readonly fatalError?: TpksError;
}

/**
 * Changes objects one after the other. Continues after an error that affects only one object.
 * @param change - changes an object and returns the message for the output.
 * @param isFatal - whether an error would also affect the remaining objects.
 */
export async function processEach<T>(
  selections: readonly Selection<T>[],
  change: (match: T, name: string) => Promise<string>,
  isFatal: (error: TpksError) => boolean = () => false,
): Promise<Outcomes> {
  const outcomes: Outcome[] = [];
  for (const { name, match } of selections) {
    try {
      if (isTpksError(match)) throw match;
      outcomes.push({ name, message: await change(match, name) });
    } catch (error) {
      if (!isTpksError(error)) throw error;
      if (isFatal(error)) return { outcomes, fatalError: error };
      outcomes.push({ name, message: error.message, error });
    }
  }
  return { outcomes };
}
