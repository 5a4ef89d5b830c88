import { Argument } from 'commander';
import type { Profile, Profiles } from '../../api/pks/profiles.js';
import type { CreatePksResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import type { NameKind } from '../../base/errors.js';
import { toDisplayText, isObject, type JsonObject, tryParseJson } from '../../base/json-value.js';
import type { FileInput } from '../../platform/input/input-file.js';
import { formatDetails, type Line } from '../../platform/terminal/lines.js';
import type { Leaf } from '../command-table.js';
import { dryRunOption, runAndShowDryRun, type DryRunOption } from '../dry-run.js';
import { pksDeleteCommand, pksItemCommand } from '../resource/item-commands.js';
import {
  pksListCommand,
  requiresAdmin,
  requiresRead,
  requiresWrite,
} from '../resource/list-command.js';
import type { Column, TerminalColumn } from '../resource/list.js';
import { toFileInput, withInputFile } from '../stdin-inputs.js';

interface ProfileFamily<Profile, Request> {
  /** The name of the list command, from which the names of the other commands are derived. */
  readonly plural: Extract<NameKind, `${string}-profiles`>;
  /** The name of the family in help texts, e.g. `Kubernetes profile`. */
  readonly label: string;
  readonly contents: string;
  readonly examples: { readonly show: string; readonly file: string };
  readonly fileNote?: string;
  readonly resource: CreatePksResource<Profiles<Profile, Request>>;
  readonly columns: readonly Column<Profile>[];
  readonly terminalColumns?: readonly TerminalColumn<Profile>[];
  readonly formatDetails: (profile: Profile) => readonly Line[];
  /** @throws {TpksError} `usage` with all problems and their line numbers */
  readonly readFile: (file: FileInput) => Promise<Request>;
}

export interface ProfileCommands {
  readonly list: Leaf;
  readonly show: Leaf;
  readonly create: Leaf;
  readonly remove: Leaf;
}

/** Creates the commands of a family of profiles. */
export function profileCommands<
  Profile extends { readonly name: string },
  Request extends { readonly name: string },
>(family: ProfileFamily<Profile, Request>): ProfileCommands {
  const { plural, label, contents, examples, resource, columns, terminalColumns } = family;
  const singular = plural.slice(0, -1);
  const argument = {
    placeholder: '<name>',
    noun: 'profile name',
    description: 'name of the profile',
    nameKind: plural,
  } as const;
  const nameOf = ({ name }: Profile) => name;
  return {
    list: pksListCommand({
      description: `List the ${label}s (${contents}). ${requiresRead}`,
      examples: {
        [`list ${label}s`]: `tpks ${plural}`,
        [`list ${label}s as JSON`]: `tpks ${plural} --json`,
      },
      noun: label,
      completes: plural,
      resource,
      read: (profiles) => profiles.list(),
      optionalFields: ['owner', 'created_at', 'customizations', 'experimental_customizations'],
      columns,
      ...(terminalColumns && { terminalColumns }),
      nameOf,
    }),
    show: pksItemCommand({
      description: `Show a ${label} (${contents}). ${requiresRead}`,
      examples: { [`show a ${label}`]: `tpks ${singular} ${examples.show}` },
      argument,
      resource,
      run: (profiles, name) => profiles.get(name),
      formatDetails: family.formatDetails,
      nameOf,
    }),
    create: createCommand(family),
    remove: pksDeleteCommand({
      description: `Delete a ${label} that no cluster uses. Asks for confirmation (unless --yes). ${requirementOf(plural)}`,
      examples: {
        [`delete a ${label}`]: `tpks delete-${singular} old`,
        [`delete a ${label} in a script`]: `tpks delete-${singular} old --non-interactive`,
      },
      argument,
      resource,
      // Lower case, as in the question of the `pks` CLI.
      subject: (name) => `the ${label.toLowerCase()} ${name}`,
      completedText: (name) => `Deletion of ${name} completed`,
      nameField: 'name',
    }),
  };
}

/**
 * Users may write their own Kubernetes profiles, but no other profiles.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
function requirementOf(plural: string): string {
  return plural === 'kubernetes-profiles' ? requiresWrite : requiresAdmin;
}

function createCommand<Profile, Request extends { readonly name: string }>(
  family: ProfileFamily<Profile, Request>,
): Leaf {
  const { plural, label, contents, examples, fileNote = '' } = family;
  return {
    description:
      `Create a ${label} (${contents}) from a JSON or YAML file. ${fileNote}All errors in the ` +
      `file are reported with line numbers before anything is sent. ${requirementOf(plural)}`,
    examples: {
      [`create a ${label} from a JSON file`]: `tpks create-${plural.slice(0, -1)} ${examples.file}`,
    },
    define(command, services) {
      command
        .addArgument(
          withInputFile(new Argument('<file>', 'JSON or YAML file with the profile; - for stdin')),
        )
        .addOption(dryRunOption())
        .action((file: string, flags: DryRunOption) =>
          runAndShowDryRun(() => create(family, file, flags, services), services),
        );
    },
  };
}

async function create<Profile, Request extends { readonly name: string }>(
  { label, resource, readFile }: ProfileFamily<Profile, Request>,
  path: string,
  { dryRun }: DryRunOption,
  { pksResource, terminal }: Pick<Services, 'pksResource' | 'terminal'>,
): Promise<void> {
  const request = await readFile(toFileInput(path, 'the profile', terminal));
  const profiles = pksResource(resource, { dryRun });
  const response = await profiles.create(request);
  const title = `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
  await terminal.show({
    json: response ?? { name: request.name },
    text: [`${title} ${request.name} successfully created`],
    indent: 3,
  });
}

/**
 * Some servers send the parameters as an object, others as a string that contains JSON.
 * @returns `undefined` if they are neither.
 */
export function readParameters({
  parameters,
}: Pick<Profile, 'parameters'>): JsonObject | undefined {
  const value = typeof parameters === 'string' ? tryParseJson(parameters) : parameters;
  return isObject(value) ? value : undefined;
}

export function formatProfile(
  profile: Pick<Profile, 'name' | 'description' | 'parameters'>,
  formatParameters: (parameters: JsonObject) => readonly Line[],
): Line[] {
  const { name, description, parameters: received } = profile;
  const parameters = readParameters(profile);
  return [
    '',
    ...formatDetails([
      ['Name', name],
      ['Description', description ?? ''],
      ['Parameters', parameters ? '' : toDisplayText(received)],
    ]),
    ...(parameters ? formatParameters(parameters) : []),
  ];
}

export function indentLines(spaces: number, lines: readonly Line[]): Line[] {
  return lines.map((line) => [' '.repeat(spaces), ...(typeof line === 'string' ? [line] : line)]);
}
