import type { Command, Option } from 'commander';
import type { CreateUaaResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import type { Asynchronous } from '../../base/lazy.js';
import { toYaml } from '../../platform/terminal/lines.js';
import type { OutputFormat, View } from '../../platform/terminal/terminal.js';
import { asCollector } from '../completer.js';
import type { Leaf } from '../contents.js';
import { runAndShowDryRun } from '../dry-run.js';
import { formatInstant } from '../format-time.js';
import { type CommandHelp, formatExamples } from '../resource/list-command.js';
import { outputOption } from '../resource/output-option.js';
import { parseNonEmptyList } from '../word-list.js';
import { addDeletionOptions, confirmDeletion, type DeletionFlags } from './deletions.js';
import { deleteIfExists, type IfExistsFlags, ifExistsOption } from './if-exists.js';

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
  if (typeof value === 'number' && timeFields.has(name)) return formatTime(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withReadableTimes(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withReadableTimes(inner, key)]),
  );
}

/**
 * Formats a time as ISO 8601.
 * @param time - epoch milliseconds.
 * @returns `undefined` if the value is not a valid time.
 */
export function formatTime(time: unknown): string | undefined {
  const date = new Date(typeof time === 'number' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : formatInstant(date);
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
