import type { Command, Option } from 'commander';
import { asCollector } from '../../completion/completer.js';
import type { Services } from '../../services.js';
import type { CreateUaaResource } from '../../services/uaa.js';
import type { OutputFormat } from '../../terminal/terminal.js';
import type { Leaf } from '../contents.js';
import { runAndShowDryRun } from '../dry-run.js';
import { formatExamples, type CommandHelp } from '../resource/list-command.js';
import { outputOption } from '../resource/output-option.js';
import { parseNonEmptyList } from '../word-list.js';
import { toAttributeNames } from './attributes.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  type DeletionFlags,
} from './confirm-deletion.js';
import { ifExistsOption, deleteIfExists, type IfExistsFlags } from './if-exists.js';
import { showObject } from './show-object.js';

/** The arguments and options that identify one object of the UAA. */
export interface ObjectKey<Key, Flags> {
  readonly add: (command: Command) => Command;
  /** @param name - the argument; the user is prompted for it if nothing identifies the object. */
  readonly read: (
    name: string | undefined,
    flags: Flags,
    services: Pick<Services, 'terminal'>,
  ) => Promise<Key>;
}

/** Describes a command that shows one object of the UAA. */
interface ShowCommand<Resource, Key, Flags> extends CommandHelp {
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
export function showObjectCommand<Resource, Key, Flags>(
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
        .action(async (name: string | undefined, flags: Flags & ShowFlags) => {
          const key = await spec.key.read(name, flags, services);
          const resource = await services.uaaResource(spec.resource);
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
interface DeleteCommand<Resource, Key, Flags> extends CommandHelp {
  readonly key: ObjectKey<Key, Flags>;
  readonly resource: CreateUaaResource<Resource>;
  /** @returns the deleted object, which `--json` prints. */
  readonly remove: (resource: Resource, key: Key) => Promise<object>;
  /** The object as given on the command line, e.g. `user erin`. */
  readonly label: (key: Key) => string;
  /** Looks up the object. @returns a label that identifies it exactly. */
  readonly describe: (resource: Resource, key: Key) => Promise<string>;
  /** Printed after the deletion; the same text as in `uaac`. */
  readonly successMessage: string;
}

/** Defines a command that deletes one object of the UAA. Without a terminal, it does not prompt. */
export function deleteObjectCommand<Resource, Key, Flags>(
  spec: DeleteCommand<Resource, Key, Flags>,
): Leaf {
  return {
    define(command, services) {
      addDeletionOptions(spec.key.add(command), ifExistsOption())
        .description(spec.description)
        .addHelpText('after', formatExamples(spec.examples))
        .action(async (name: string | undefined, flags: Flags & IfExistsFlags & DeletionFlags) => {
          const key = await spec.key.read(name, flags, services);
          await runAndShowDryRun(
            () => deleteObject(spec, { key, flags, command }, services),
            services,
          );
        });
    },
  };
}

async function deleteObject<Resource, Key, Flags>(
  spec: DeleteCommand<Resource, Key, Flags>,
  {
    key,
    flags,
    command,
  }: {
    readonly key: Key;
    readonly flags: IfExistsFlags & DeletionFlags;
    readonly command: Command;
  },
  services: DeletionDeps & Pick<Services, 'uaaResource'>,
): Promise<void> {
  const resource = await services.uaaResource(spec.resource, flags);
  const deletion = {
    action: `delete ${spec.label(key)}`,
    describe: async () => `delete ${await spec.describe(resource, key)}`,
    command,
  };
  const remove = async () =>
    (await confirmDeletion(deletion, flags, services)) ? spec.remove(resource, key) : undefined;
  const deleted = await deleteIfExists(remove, flags, services);
  if (deleted === undefined) return;
  await services.terminal.show({ json: deleted, text: [spec.successMessage] });
}
