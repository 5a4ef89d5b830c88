import type { Command, Option } from 'commander';
import type { CreateUaaResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import type { Asynchronous } from '../../base/lazy.js';
import type { Line, Span } from '../../platform/terminal/lines.js';
import { fitLines } from '../../platform/terminal/screen.js';
import type { Terminal, View } from '../../platform/terminal/terminal.js';
import { toYaml } from '../../platform/terminal/yaml.js';
import { validateName } from '../completers.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { formatMilliseconds } from '../format-time.js';
import { parseNonEmptyList, asCollector } from '../option-values.js';
import { outputOption } from '../resource/list-command.js';
import { formatState } from '../format-state.js';
import { toAttributeNames } from './attribute-names.js';

/** The fields that the UAA sends as epoch milliseconds. @see docs/contributing/servers/uaa.md#times */
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

interface WithActive {
  readonly active?: boolean | undefined;
}

/** Formats whether a user, an identity provider or a zone is active. A missing `active` means yes. */
export function formatActive({ active: isActive = true }: WithActive): Span {
  return isActive ? 'yes' : { text: 'no', tone: 'bad' };
}

/** Like {@link formatActive}, for the status of a user. */
export function formatStatus({ active: isActive = true }: WithActive): Span {
  return formatState(isActive ? 'active' : 'inactive');
}

interface WithMeta {
  readonly meta?: { readonly created?: string | null | undefined } | null | undefined;
}

/** Returns when a SCIM object was created; `undefined` if the UAA does not send the time. */
export function readCreated({ meta }: WithMeta): Date | undefined {
  const date = new Date(meta?.created ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * Shows an object of the UAA, unchanged as JSON or with readable times as YAML.
 * @param name - what `-o name` prints; `undefined` if the object has no name.
 * @param screen - the lines for a terminal, instead of YAML.
 */
export async function showObject(
  object: object,
  { terminal }: Pick<Services, 'terminal'>,
  name?: View['name'],
  screen?: View['screen'],
): Promise<void> {
  const text = await toYaml(withReadableTimes(object));
  await terminal.show({
    json: object,
    text,
    screen: screen ?? ((width) => fitYaml(text, width)),
    name,
  });
}

/** Breaks lines of YAML between words. The result is still YAML, because continuation lines are indented. */
export function fitYaml(lines: readonly string[], width: number): readonly Line[] {
  return fitLines(lines, width, 2);
}

/** Names an object as on the command line, e.g. `user erin` or `the user with the id 1`. */
export function labelOf(
  noun: string,
  key: { readonly id: string } | { readonly name: string },
): string {
  return 'id' in key ? `the ${noun} with the id ${key.id}` : `${noun} ${key.name}`;
}

/**
 * Returns the argument, or prompts for the name if it is `undefined`.
 * @throws {TpksError} `usage` for an empty name.
 */
export async function readName(
  argument: string | undefined,
  { label, hint }: { readonly label: string; readonly hint: string },
  terminal: Terminal,
): Promise<string> {
  const name = argument ?? (await terminal.prompt({ message: `${label}: `, hint }));
  return validateName(name, label, hint);
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
   * Prepares the lines that a terminal shows instead of YAML, unless `--attributes` selects fields. Returns
   * `undefined` to show YAML.
   */
  readonly formatForTerminal?: (
    object: Readonly<Record<string, unknown>>,
    services: Pick<Services, 'uaaResource' | 'terminal' | 'clock'>,
  ) => Promise<View['screen']> | View['screen'];
}

interface AttributeFlags {
  readonly attributes?: readonly string[];
}

/** Defines a command that shows one object of the UAA. */
export function showObjectCommand<Resource extends Asynchronous<Resource>, Key, Flags>(
  spec: ShowCommand<Resource, Key, Flags>,
): Leaf {
  const attributes = spec.attributes;
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, services) {
      spec.key.add(command);
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
      command.addOption(outputOption('json', 'yaml', 'name')).action(async () => {
        const flags = command.opts<Flags & AttributeFlags>();
        const key = await spec.key.read(command.args, flags, services);
        const resource = services.uaaResource(spec.resource);
        const object = await spec.read(resource, key, flags);
        const screen =
          flags.attributes === undefined && services.terminal.usesScreen()
            ? await spec.formatForTerminal?.(object, services)
            : undefined;
        const name = object[spec.nameField];
        await showObject(object, services, typeof name === 'string' ? name : undefined, screen);
      });
    },
  };
}
