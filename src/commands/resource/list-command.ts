import type { Argument, Option } from 'commander';
import type { CreatePksResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import type { Asynchronous } from '../../base/lazy.js';
import { pksScopes } from '../../base/pks-conventions.js';
import type { NameKind } from '../../platform/config/name-cache.js';
import type { Leaf } from '../contents.js';
import { cacheNames } from '../name-completion.js';
import { addListOptions } from './list-options.js';
import type { List } from './list-spec.js';
import { showList, validateColumns, type ListFlags } from './list.js';

/** The help texts of a command. */
export interface CommandHelp {
  readonly description: string;
  /** Command lines without the program name. */
  readonly examples: readonly string[];
}

/** For descriptions of commands that read from the PKS API. @see pks-api, section 4 */
export const requiresRead = formatRequirement(pksScopes.read);

/** For descriptions of commands that users may apply to their own resources. */
export const requiresWrite = formatRequirement(pksScopes.write);

/** For descriptions of commands that only administrators may use. */
export const requiresAdmin = formatRequirement(pksScopes.administer);

function formatRequirement(scopes: readonly string[]): string {
  const names = scopes.join(', ').replace(/, (?=[^,]*$)/, ' or ');
  return `Requires ${scopes.length > 1 ? 'one of the scopes' : 'the scope'} ${names}.`;
}

/** A command that shows a list. */
export interface ListCommand<Row, Flags> extends List<Row>, CommandHelp {
  readonly fields: readonly string[];
  readonly arguments?: (services: Services) => readonly Argument[];
  /** Options that only this list has. */
  readonly options?: () => readonly Option[];
  readonly read: (
    services: Services,
    flags: Flags,
    args: readonly string[],
  ) => Promise<readonly Row[]> | readonly Row[];
  /** The kind of names to store for shell completion. */
  readonly completes?: NameKind;
}

/** Defines a command that shows a list. */
export function listCommand<Row, Flags>(spec: ListCommand<Row, Flags>): Leaf {
  return {
    define(command, services) {
      for (const argument of spec.arguments?.(services) ?? []) command.addArgument(argument);
      addListOptions(command, spec).description(spec.description);
      for (const option of spec.options?.() ?? []) command.addOption(option);
      command.addHelpText('after', formatExamples(spec.examples)).action(async () => {
        const flags = command.opts<ListFlags & Flags>();
        validateColumns(spec, flags);
        const rows = await spec.read(services, flags, command.args);
        const { completes } = spec;
        if (completes !== undefined) await cacheNames(completes, rows.map(spec.nameOf), services);
        await showList(spec, rows, flags, services.terminal);
      });
    },
  };
}

/** A command that lists a resource of the PKS API. */
export interface PksListCommand<Row, Resource extends Asynchronous<Resource>, Flags>
  extends Omit<List<Row>, 'isPks'>, CommandHelp {
  readonly fields: readonly string[];
  /** Creates the client of the resource, e.g. `createPlans`. */
  readonly resource: CreatePksResource<Resource>;
  readonly options?: () => readonly Option[];
  readonly read: (resource: Resource, flags: Flags) => Promise<readonly Row[]>;
  readonly completes?: NameKind;
}

/** Defines a command that lists a resource of the PKS API. */
export function pksListCommand<Row, Resource extends Asynchronous<Resource>, Flags = unknown>(
  spec: PksListCommand<Row, Resource, Flags>,
): Leaf {
  return listCommand<Row, Flags>({
    ...spec,
    isPks: true,
    read: async ({ pksResource }, flags) => spec.read(pksResource(spec.resource), flags),
  });
}

/** Formats the examples at the end of a command's help. @param examples - without the program name. */
export function formatExamples(examples: readonly string[]): string {
  const lines = examples.map((example) => `  $ tpks ${example}`);
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`;
}
