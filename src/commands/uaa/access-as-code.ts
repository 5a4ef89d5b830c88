import { type Command, Option } from 'commander';
import type { Services } from '../../app/services.js';
import { exitCodes, rewordError, TpksError } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Progress } from '../../domain/access-as-code/apply.js';
import type { Plan, PlanInput } from '../../domain/access-as-code/plan.js';
import type {
  GroupProviderMember,
  UnmanagedMembers,
} from '../../domain/access-as-code/uaa-content.js';
import { problemsError } from '../../platform/input/problems.js';
import { toYaml } from '../../platform/terminal/yaml.js';
import { confirm } from '../confirm.js';
import type { Leaf } from '../command-table.js';
import { yesOption } from '../global-options.js';
import { toFileInput, withInputFile } from '../stdin-inputs.js';
import { appliedView, formatPlan, planView } from './plan-view.js';
import { missingMembersWarning, unknownSourceWarning } from './membership-sources.js';

interface FileFlags {
  readonly file: string;
  readonly prune?: boolean;
}

function addFileOptions(command: Command): Command {
  return command
    .addOption(
      withInputFile(
        new Option(
          '-f, --file <path>',
          'access file (YAML or JSON), see `tpks uaa export`; - for stdin',
        ),
      ).makeOptionMandatory(),
    )
    .option('--prune', 'also remove list entries that are not in the file (never users)');
}

/** Warns about members that could not be checked or that no longer exist. */
function warnAboutUnmanaged(
  { unknown, missing }: Pick<UnmanagedMembers, 'unknown' | 'missing'>,
  { warn }: Services['terminal'],
): void {
  if (unknown.length > 0) warn(unknownSourceWarning(unknown));
  for (const [group, members] of groupBy(missing, (member) => member.group)) {
    const ids = members.map(({ id }) => id);
    warn(missingMembersWarning(group, ids));
  }
}

type PlanDeps = Pick<Services, 'terminal' | 'access'>;

interface PlanFlags extends FileFlags {
  readonly exitCode?: boolean;
}

export const plan: Leaf = {
  description:
    'Show the changes that `tpks uaa apply` would make so that the UAA matches an access file: + add, ' +
    '~ change, - remove. Does not need the secrets that the file refers to. Requires the scopes ' +
    'scim.read and, for clients, clients.read.',
  examples: {
    'show the changes, and exit with 3 if there are any': 'tpks uaa plan -f access.yml --exit-code',
  },
  define(command, deps: PlanDeps) {
    addFileOptions(command)
      .option('--exit-code', 'exit with 3 if there are changes')
      .action(({ file, prune = false, exitCode = false }: PlanFlags) =>
        showPlan({ file: toFileInput(file, '--file', deps.terminal), prune, exitCode }, deps),
      );
  },
};

/** Shows the plan. @throws {TpksError} `changes` if `exitCode` is set and there are changes. */
export async function showPlan(
  { exitCode, ...input }: PlanInput & { readonly exitCode: boolean },
  deps: PlanDeps,
): Promise<void> {
  const result = await deps.access.plan(input);
  await deps.terminal.show(planView(result));
  warnAboutUnmanaged(result.unmanaged, deps.terminal);
  for (const { line, text } of result.missingSecrets) {
    deps.terminal.warn(
      `${result.path}, line ${String(line)}: ${text}, but tpks uaa apply requires it`,
    );
  }
  if (exitCode && result.changes.length > 0) throw new TpksError('changes', 'There are changes');
}

type ApplyDeps = Pick<Services, 'terminal' | 'options' | 'link' | 'access' | 'noteUaaIdentity'>;

export const apply: Leaf = {
  description:
    'Check an access file, show the changes that make the UAA match it, ask for confirmation ' +
    '(unless --yes), and apply them, up to 16 at the same time. After a failure, no further ' +
    'changes are started; run the command again to apply the rest. Requires the scopes scim.read ' +
    'and scim.write, and for clients clients.read and clients.write (clients.admin to remove an ' +
    'attribute).',
  examples: {
    'apply the changes without asking for confirmation': 'tpks uaa apply -f access.yml --yes',
  },
  define(command, deps: ApplyDeps) {
    addFileOptions(command)
      .addOption(yesOption())
      .action(({ file, prune = false }: FileFlags) =>
        applyAccessFile({ file: toFileInput(file, '--file', deps.terminal), prune }, deps),
      );
  },
};

/** @throws {TpksError} of a kind with exit code 1 if a change failed; `cancelled` after Ctrl-C. */
export async function applyAccessFile(input: PlanInput, deps: ApplyDeps): Promise<void> {
  const { access } = deps;
  const plan = await access.plan(input);
  if (plan.missingSecrets.length > 0) throw problemsError(plan.path, plan.missingSecrets);
  warnAboutUnmanaged(plan.unmanaged, deps.terminal);
  if (plan.changes.length > 0) {
    await deps.noteUaaIdentity();
    await deps.terminal.announce(formatPlan(plan));
    if (!(await confirmChanges(plan.changes.length, deps))) return showCancelled(plan, deps);
  }
  const progress = await access.apply(plan, (inFlight) => {
    const requests = inFlight === 1 ? '1 request' : `${String(inFlight)} requests`;
    deps.terminal.note(
      `Interrupted: waiting for ${requests} to finish; press Ctrl-C again to stop immediately`,
    );
  });
  await deps.terminal.show(appliedView(plan, progress));
  const [failure] = progress.failures;
  if (failure !== undefined) throw stoppedError(failure, progress);
  if (progress.isInterrupted) throw interruptedError(progress);
}

export function confirmChanges(
  count: number,
  deps: Pick<Services, 'terminal' | 'options' | 'link'>,
): Promise<boolean> {
  const changesText = count === 1 ? 'this change' : `these ${String(count)} changes`;
  return confirm(`Apply ${changesText}?`, deps);
}

/** Reports that the user did not confirm. Prints no text on stdout, only JSON with `--json`. */
async function showCancelled(plan: Plan, { terminal }: ApplyDeps): Promise<void> {
  terminal.note('Cancelled: no changes were applied');
  const outcomes = plan.changes.map(() => 'notStarted' as const);
  const { json } = appliedView(plan, { outcomes });
  await terminal.show({ json, text: [] });
}

const runAgainHint = 'run the same command again to apply the rest';

/** The error after a failed change. The exit code is always 1, because changes may have been applied. */
function stoppedError(error: TpksError, { outcomes, failures }: Progress): TpksError {
  const others = failures.length - 1;
  const othersText = others > 0 ? ` (and ${String(others)} more failed)` : '';
  return rewordError(error, {
    kind: exitCodes[error.kind] === exitCodes.failed ? error.kind : 'failed',
    message: `Stopped after ${formatDoneCount(outcomes)}: ${error.message}${othersText}`,
    nextHint: `fix the problem, then ${runAgainHint}`,
  });
}

function interruptedError({ outcomes }: Progress): TpksError {
  return new TpksError('cancelled', `Interrupted after ${formatDoneCount(outcomes)}`, {
    hint: runAgainHint,
  });
}

function formatDoneCount(outcomes: Progress['outcomes']): string {
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  return `${String(done)} of ${String(outcomes.length)} changes`;
}

type ExportDeps = Pick<Services, 'terminal' | 'uaaContext' | 'access'>;

export const exportCommand: Leaf = {
  description:
    'Print the users, groups, members, mappings and clients of the UAA as an access file for ' +
    '`tpks uaa plan` and `tpks uaa apply`. The file contains no secrets, and its names are ' +
    'sorted, so that exports can be compared. Memberships that come from an identity provider are ' +
    'omitted. Requires the scopes scim.read and clients.read.',
  examples: {
    'save the users, groups and clients in an access file': 'tpks uaa export > access.yml',
  },
  define(command, deps: ExportDeps) {
    command.action(() => exportAccess(deps));
  },
};

export async function exportAccess(deps: ExportDeps): Promise<void> {
  const { uaa } = await deps.uaaContext();
  const { value, unmanaged } = await deps.access.export();
  await deps.terminal.show({
    json: value,
    text: [...fileHeader(uaa), '', ...(await toYaml(value))],
  });
  for (const member of [...unmanaged.unmapped, ...unmanaged.unknown]) {
    deps.terminal.warn(notExportedWarning(member));
  }
  warnAboutUnmanaged(unmanaged, deps.terminal);
}

function fileHeader(uaa: string): string[] {
  return [
    `# Exported from ${uaa}`,
    '# Compare a UAA with this file: tpks uaa plan -f FILE. Apply this file: tpks uaa apply -f FILE.',
    '# This file contains no secrets: new users need password_from and new clients need secret_from',
    '# (env:NAME or file:PATH).',
  ];
}

/** Names a membership that an export omits, with the reason. */
function notExportedWarning({ group, member, origin, source }: GroupProviderMember): string {
  const notExported = `Not exported: the membership of ${member.user} in ${group}`;
  if (source === 'unknown') return `${notExported}, because its origin ${origin} cannot be checked`;
  const words = [group, member.user, '--origin', member.origin].map((word) => quoteForShell(word));
  return (
    `${notExported}, because its origin ${origin} has no mapping to this group; the next login may ` +
    `delete the membership; to keep it: tpks uaa member add ${words.join(' ')}`
  );
}
