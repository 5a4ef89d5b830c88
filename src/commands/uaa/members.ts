import { Argument, Option } from 'commander';
import { createGroups, type GroupIdentity } from '../../api/uaa/groups.js';
import {
  createMembers,
  type ListedMember,
  type MemberName,
  type Members,
} from '../../api/uaa/members.js';
import {
  createMembershipSources,
  type MembershipSource,
  type MembershipSources,
} from '../../api/uaa/membership-sources.js';
import { createUsers } from '../../api/uaa/users.js';
import type { Services } from '../../app/services.js';
import { type ErrorKind, isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { HttpRequest } from '../../platform/http/send.js';
import type { Span } from '../../platform/terminal/lines.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { validateName, withNoun, withUaaNames } from '../completers.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { isPlannedRequest, showDryRun, type DryRunOption } from '../dry-run.js';
import { asCollector } from '../option-values.js';
import { listCommand } from '../resource/list-command.js';
import type { List, ListFlags } from '../resource/list.js';
import {
  addDeletionOptions,
  confirmDeletion,
  type DeletionDeps,
  ifExistsOption,
} from './deletions.js';
import { ifMissingOption } from './if-missing.js';
import { findSources, missingMembersWarning, sourceTexts } from './membership-sources.js';

/** The argument for the group whose members are listed or changed. */
function groupArgument(): Argument {
  const description = 'name of the group, e.g. pks.clusters.manage';
  return withUaaNames(withNoun(new Argument('<group>', description), 'group name'), 'groups');
}

/** A symbol, so that JSON contains only the fields of the UAA. */
const source = Symbol('source');

/** The source is absent if it is not shown. */
type Row = ListedMember & { readonly [source]?: MembershipSource };

/** The list that `tpks uaa members` shows, and `tpks uaa group get` on a terminal. */
export const memberList = {
  noun: 'member',
  columns: [
    { head: 'Name', cell: formatName },
    { head: 'Type', cell: ({ type }) => type.toLowerCase(), rank: 4 },
    { head: 'Origin', cell: ({ origin }) => origin ?? '', rank: 3 },
    { head: 'Source', cell: formatSource, rank: 1 },
    { head: 'Id', cell: ({ value }) => value, rank: 0, isWhole: true, wide: 'onTerminal' },
  ],
  nameOf: ({ entity, value }) => entity?.userName ?? entity?.displayName ?? value,
} satisfies List<Row>;

export const list = listCommand<Row, ListFlags>({
  description:
    'List the members of a group with their names. A member is a user, or a group whose members ' +
    'also belong to this group. The source is `added` for memberships that were added to the ' +
    'group, and `mapping` or `identity provider` for memberships that the UAA assigned at a login. ' +
    'Members that no longer exist are listed too, and a warning contains the command to remove them. ' +
    'Requires the scope scim.read, and idps.read if a membership from an identity provider has no mapping.',
  examples: { 'list the members of a group': 'tpks uaa members pks.clusters.manage' },
  arguments: () => [groupArgument()],
  read: async (services, flags, [name = '']) => {
    const group = await services.uaaResource(createGroups).identify(name);
    return readMembers(group, services, needsSources(flags, services.terminal));
  },
  ...memberList,
});

/** Reads the members of a group, and warns about those that no longer exist. */
export async function readMembers(
  { id: groupId, displayName }: GroupIdentity,
  { uaaResource, terminal }: Pick<Services, 'uaaResource' | 'terminal'>,
  withSources: boolean,
): Promise<readonly Row[]> {
  const found = await uaaResource(createMembers).list(groupId);
  const missing = found.filter(isMissing).map(({ value }) => value);
  if (missing.length > 0) terminal.warn(missingMembersWarning(displayName, missing));
  if (!withSources) return found;
  const sources = uaaResource(createMembershipSources);
  const memberships = found.map((member) => ({ ...member, groupId }));
  const findSource = await findSources(memberships, sources, { terminal });
  return found.map((member) => ({ ...member, [source]: findSource({ ...member, groupId }) }));
}

/** Whether the source is printed, or used to select or sort the members. */
function needsSources({ output, filter = [], sortBy }: ListFlags, terminal: Terminal): boolean {
  const isPrinted = !terminal.wantsJson() && output !== 'name';
  const keys = [sortBy, ...filter.map(({ key }) => key)];
  return isPrinted || keys.some((key) => key?.toLowerCase() === 'source');
}

function isMissing({ entity }: ListedMember): boolean {
  return entity === undefined || entity === null;
}

function formatSource(row: Row): Span {
  const found = row[source];
  if (found === undefined || isMissing(row)) return '';
  const text = sourceTexts[found];
  return found === 'unmapped' ? { text, tone: 'bad' } : text;
}

function formatName({ entity }: ListedMember): Span {
  return entity?.userName ?? entity?.displayName ?? { text: 'no longer exists', tone: 'muted' };
}

type Deps = DeletionDeps & Pick<Services, 'uaaResource'>;

/** Describes a command that changes the members of a group, one by one. */
interface MembershipCommand extends CommandHelp {
  readonly isDeletion: boolean;
  /** Describes a successful change. The name of the group follows, as in the other texts. */
  readonly done: string;
  readonly failed: string;
  /** The UAA's error if the user needs no change. It does not count as a failure. */
  readonly unchanged: { readonly oauthError: string; readonly text: string };
}

export const add = memberCommand({
  isDeletion: false,
  description:
    'Add users to a group; they get the scope at their next login. Unknown users and users who are ' +
    'already members are reported, and the others are added. Memberships are stored with the origin ' +
    'uaa, so the UAA keeps them at the next login. Replaces memberships that the UAA might delete at ' +
    'the next login. Requires the scopes scim.read and scim.write, and idps.read to replace a membership.',
  examples: { 'allow cody to manage clusters': 'tpks uaa member add pks.clusters.manage cody' },
  done: 'added to',
  failed: 'were not added to',
  unchanged: { oauthError: 'member_already_exists', text: 'already a member of' },
});

export const remove = memberCommand({
  isDeletion: true,
  description:
    'Remove users from a group; users who are not members are only reported. The UAA immediately ' +
    'rejects tokens of the removed users that contain the scope, so they must log in again. ' +
    'Asks for confirmation on a terminal. Requires the scopes scim.read and scim.write.',
  examples: {
    'stop allowing cody to manage clusters': 'tpks uaa member delete pks.clusters.manage cody',
  },
  done: 'removed from',
  failed: 'were not removed from',
  unchanged: { oauthError: 'member_not_found', text: 'was not a member of' },
});

interface Flags extends DryRunOption {
  readonly origin?: string;
  readonly id?: readonly string[];
}

function memberCommand(spec: MembershipCommand): Leaf {
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, deps) {
      command
        .addArgument(groupArgument())
        .addArgument(
          withUaaNames(
            new Argument(spec.isDeletion ? '[users...]' : '<users...>', 'usernames'),
            'users',
          ),
        )
        .option('--origin <origin>', 'identity provider of the users, if a name is ambiguous')
        // Accepted for consistency with other commands; these are always idempotent.
        .addOption((spec.isDeletion ? ifExistsOption() : ifMissingOption()).hideHelp())
        .action((group: string, users: readonly string[], flags: Flags) =>
          changeMembers(spec, { group, users, ...flags }, deps),
        );
      if (!spec.isDeletion) return;
      command.addOption(
        new Option(
          '--id <id>',
          'id of a member to remove, even if the user or group no longer exists; repeatable',
        ).argParser(collectIds),
      );
      addDeletionOptions(command);
    },
  };
}

const collectIds = asCollector((id: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  id,
]);

interface Input extends Flags {
  readonly group: string;
  readonly users: readonly string[];
}

async function changeMembers(
  { done, failed, unchanged, isDeletion }: MembershipCommand,
  { group, ...flags }: Input,
  deps: Deps,
): Promise<void> {
  const { terminal, uaaResource } = deps;
  const groups = uaaResource(createGroups);
  const allUsers = uaaResource(createUsers);
  const members = uaaResource(createMembers, flags);
  const sources = uaaResource(createMembershipSources);
  const names = readNames(flags);
  const { id, displayName } = await groups.identify(group);
  const found = flags.id === undefined ? await allUsers.identify(names, flags.origin) : [];
  const selections = names.map((name, index) => ({ name, match: found[index] ?? { id: name } }));
  if (isDeletion) {
    const foundNames = selections.flatMap(({ name, match }) => (isTpksError(match) ? [] : name));
    const action = `remove ${foundNames.join(', ')} from group ${displayName}`;
    const mustConfirm = foundNames.length > 0;
    if (mustConfirm && !(await confirmDeletion({ action }, flags, deps))) return;
  }
  const planned: HttpRequest[] = [];
  const change = async (user: { readonly id: string }, name: string): Promise<string> => {
    try {
      await (isDeletion ? members.remove(id, user.id) : members.add(id, { id: user.id }));
      return `${done} ${displayName}`;
    } catch (error) {
      if (isPlannedRequest(error)) {
        planned.push(error.request);
        return 'planned';
      }
      if (!isTpksError(error) || error.oauthError !== unchanged.oauthError) throw error;
      const text = `${unchanged.text} ${displayName}`;
      if (isDeletion) return text;
      const input = { members, sources, groupId: id, user: { id: user.id, name } };
      const repaired = await repairMembership(input, deps);
      return repaired === undefined ? text : `${text}; ${repaired}`;
    }
  };
  const outcomes = await changeEach(selections, change);
  if (flags.dryRun === true) {
    await showDryRun(planned, terminal);
    const unknown = selections.flatMap(({ name, match }) => (isTpksError(match) ? name : []));
    const dryRunSummary = `are unknown or ambiguous: ${unknown.join(', ')}`;
    rejectFailures(outcomes, { group: displayName, summary: dryRunSummary });
    return;
  }
  const summary = `${failed} ${displayName}`;
  await showOutcomes(outcomes, { group: displayName, summary }, terminal);
}

/** @throws {TpksError} `usage` if both usernames and ids are given, or neither. */
function readNames({ users, id, origin }: Omit<Input, 'group'>): readonly string[] {
  if (id === undefined) {
    if (users.length > 0) {
      return [...new Set(users)].map((name) => validateName(name, 'The username'));
    }
    throw new TpksError('usage', 'Missing usernames', { hint: 'pass usernames or use --id' });
  }
  if (users.length === 0 && origin === undefined) {
    return [...new Set(id)].map((one) => validateName(one, 'The id'));
  }
  throw new TpksError('usage', '--id cannot be used with usernames or --origin', {
    hint: 'use either --id, or usernames and --origin',
  });
}

/** A member to change, or the reason why it was not found. */
interface Selection {
  readonly name: string;
  readonly match: { readonly id: string } | TpksError;
}

interface Outcomes {
  readonly outcomes: readonly {
    readonly name: string;
    /** Follows the name in the output, e.g. `added to pks.clusters.manage`. */
    readonly message: string;
    /** Why the change failed; `undefined` if it succeeded. */
    readonly error?: TpksError;
  }[];
  /** An error that would also affect the remaining users, who were not processed. */
  readonly fatalError?: TpksError;
}

/** Errors that affect only one user. */
const singleUserErrors: readonly ErrorKind[] = ['notFound', 'conflict', 'failed'];

/** Changes memberships one after the other. Continues after an error that affects only one user. */
async function changeEach(
  selections: readonly Selection[],
  change: (user: { readonly id: string }, name: string) => Promise<string>,
): Promise<Outcomes> {
  const outcomes: Outcomes['outcomes'][number][] = [];
  for (const { name, match } of selections) {
    try {
      if (isTpksError(match)) throw match;
      outcomes.push({ name, message: await change(match, name) });
    } catch (error) {
      if (!isTpksError(error)) throw error;
      if (!singleUserErrors.includes(error.kind)) return { outcomes, fatalError: error };
      outcomes.push({ name, message: error.message, error });
    }
  }
  return { outcomes };
}

/**
 * Shows the result for each user.
 * @param summary - the end of the error, e.g. `were not added to pks.clusters.manage`.
 * @throws {TpksError} if a change failed. If there are several users, the results are shown first.
 */
async function showOutcomes(
  results: Outcomes,
  { group, summary }: { readonly group: string; readonly summary: string },
  terminal: Terminal,
): Promise<void> {
  const { outcomes, fatalError } = results;
  const isComplete = fatalError === undefined && outcomes.every(({ error }) => error === undefined);
  const count = fatalError === undefined ? outcomes.length : outcomes.length + 1;
  const lines = outcomes.map(({ name, message }) => `${name}: ${message}`);
  if (isComplete || count > 1) {
    await terminal.show({
      json: {
        group,
        users: outcomes.map(({ name, message, error }) => ({
          name,
          done: error === undefined,
          message,
        })),
      },
      text: isComplete ? [...lines, 'success'] : lines,
    });
  }
  rejectFailures(results, { group, summary });
}

/**
 * @param summary - the end of the error for several users, e.g. `were not added to pks.clusters.manage`.
 * @throws {TpksError} if a change failed.
 */
function rejectFailures(
  { outcomes, fatalError }: Outcomes,
  { group, summary }: { readonly group: string; readonly summary: string },
): void {
  if (fatalError !== undefined) throw fatalError;
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first === undefined) return;
  if (outcomes.length === 1) throw first;
  const hints = new Set(errors.flatMap(({ hint }) => hint ?? []));
  if (hints.size === 0) hints.add(`tpks uaa members ${quoteForShell(group)}`);
  throw new TpksError(
    'failed',
    `${String(errors.length)} of ${String(outcomes.length)} users ${summary}`,
    { hint: [...hints].join('\n'), cause: first },
  );
}

interface RepairInput {
  readonly members: Members;
  readonly sources: MembershipSources;
  readonly groupId: string;
  readonly user: MemberName;
}

/**
 * Repairs a membership that the UAA may delete at the user's next login.
 * @returns what was done; `undefined` if nothing was.
 */
async function repairMembership(
  { members, sources, groupId, user }: RepairInput,
  deps: Pick<Services, 'terminal'>,
): Promise<string | undefined> {
  const found = await members.get(groupId, user.id).catch((error: unknown) => {
    if (!isTpksError(error) || error.oauthError !== 'member_not_found') throw error;
    // All users belong to a default group, without a membership.
    return undefined;
  });
  if (found === undefined) return undefined;
  const membership = { ...found, groupId };
  const findSource = await findSources([membership], sources, deps);
  if (findSource(membership) !== 'unmapped') return undefined;
  await members.repair(groupId, user);
  return `changed the origin of the membership from ${membership.origin ?? ''} to uaa`;
}
