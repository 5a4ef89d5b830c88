import { Argument } from 'commander';
import { withFileNames } from '../../completion/completer.js';
import type { NameKind } from '../../config/name-cache.js';
import { jsonOrNothing } from '../../http/decode.js';
import { displayText, isObject, type JsonObject } from '../../json-value.js';
import type { Profiles } from '../../pks/profiles.js';
import type { Services } from '../../services.js';
import type { LoadResource } from '../../services/pks.js';
import { details } from '../../terminal/table.js';
import type { Line } from '../../terminal/terminal.js';
import type { Leaf } from '../contents.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { pksDeleteCommand } from '../resource/delete-command.js';
import { examplesText, pksListCommand } from '../resource/list-command.js';
import type { Column } from '../resource/list.js';
import { pksShowCommand } from '../resource/show-command.js';

/** What differs between the three families of profiles. */
interface ProfileFamily<Profile, Request> {
  /** The list command; the name of the others follows from it. */
  readonly plural: Extract<NameKind, `${string}-profiles`>;
  /** As help writes it, e.g. `Kubernetes profile`. */
  readonly label: string;
  /** What the profiles contain, for help. */
  readonly contents: string;
  /** Names of profiles in the examples. */
  readonly examples: { readonly show: string; readonly file: string };
  /** Added to the description of the create command. */
  readonly fileNote?: string;
  readonly resource: LoadResource<Profiles<Profile, Request>>;
  readonly columns: readonly Column<Profile>[];
  readonly formatDetails: (profile: Profile) => readonly Line[];
  /** Loads and checks a profile from a file. @throws {TpksError} `usage` with all errors, by line */
  readonly readFile: (path: string) => Promise<Request>;
}

export interface ProfileCommands {
  readonly list: Leaf;
  readonly show: Leaf;
  readonly create: Leaf;
  readonly remove: Leaf;
}

/** The commands of a family of profiles. */
export function profileCommands<
  Profile extends { readonly name: string },
  Request extends { readonly name: string },
>(family: ProfileFamily<Profile, Request>): ProfileCommands {
  const { plural, label, contents, examples, resource, columns } = family;
  const singular = plural.slice(0, -1);
  const named = { term: '<name>', description: 'name of the profile', completes: plural } as const;
  const nameOf = ({ name }: Profile) => name;
  return {
    list: pksListCommand({
      description: `List the ${label}s: ${contents}.`,
      examples: [plural, `${plural} --json`],
      noun: label,
      completes: plural,
      resource,
      read: (profiles) => profiles.list(),
      columns,
      nameOf,
    }),
    show: pksShowCommand({
      description: `Show a ${label}: ${contents}.`,
      examples: [`${singular} ${examples.show}`],
      argument: named,
      resource,
      read: (profiles, name) => profiles.get(name),
      formatDetails: family.formatDetails,
      nameOf,
    }),
    create: createCommand(family),
    remove: pksDeleteCommand({
      description: `Delete a ${label} that no cluster uses.`,
      examples: [`delete-${singular} old`, `delete-${singular} old --non-interactive`],
      argument: named,
      resource,
      // The original writes `kubernetes profile` here.
      subject: (name) => `the ${label.toLowerCase()} ${name}`,
      completedText: (name) => `Deletion of ${name} completed`,
      nameField: 'name',
    }),
  };
}

function createCommand<Profile, Request extends { readonly name: string }>(
  family: ProfileFamily<Profile, Request>,
): Leaf {
  const { plural, label, contents, examples, fileNote = '' } = family;
  return {
    define(command, services) {
      command
        .description(
          `Create a ${label} (${contents}) from a JSON or YAML file. ${fileNote}The file is ` +
            'checked first, and all errors are reported together, with line numbers.',
        )
        .addArgument(withFileNames(new Argument('<file>', 'JSON or YAML file with the profile')))
        .addOption(dryRunOption())
        .addHelpText('after', examplesText([`create-${plural.slice(0, -1)} ${examples.file}`]))
        .action((file: string, flags: Writing) =>
          showingDryRun(() => create(family, file, flags, services), services),
        );
    },
  };
}

async function create<Profile, Request extends { readonly name: string }>(
  { label, resource, readFile }: ProfileFamily<Profile, Request>,
  file: string,
  { dryRun }: Writing,
  { pksResource, terminal }: Pick<Services, 'pksResource' | 'terminal'>,
): Promise<void> {
  const request = await readFile(file);
  const profiles = await pksResource(resource, { dryRun });
  const response = await profiles.create(request);
  const title = `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
  await terminal.show({
    json: response ?? { name: request.name },
    text: [`${title} ${request.name} successfully created`],
    indent: 3,
  });
}

/**
 * Name and description, and below them the parameters. Some servers send these as an object, others
 * as a string that contains one.
 *
 * @param linesOf - the lines of the parameters.
 */
export function formatProfile(
  profile: {
    readonly name: string;
    readonly description?: string | null | undefined;
    readonly parameters?: unknown;
  },
  linesOf: (parameters: JsonObject) => readonly Line[],
): Line[] {
  const { name, description, parameters: sent } = profile;
  const value = typeof sent === 'string' ? jsonOrNothing(sent) : sent;
  const parameters = isObject(value) ? value : undefined;
  return [
    '',
    ...details([
      ['Name', name],
      ['Description', description ?? ''],
      ['Parameters', parameters ? '' : displayText(sent)],
    ]),
    ...(parameters ? linesOf(parameters) : []),
  ];
}

/** @param by - the number of spaces. */
export function indentLines(by: number, lines: readonly Line[]): Line[] {
  return lines.map((line) => [' '.repeat(by), ...(typeof line === 'string' ? [line] : line)]);
}
