import { Argument, type Command, Option } from 'commander';
import { mapInParallel } from '../../base/in-parallel.js';
import type { Services } from '../../app/services.js';
import { type Failure, messageWithHint, TpksError } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { formatLoginCommand } from '../../domain/contexts/login-command.js';
import { createCommandEnvironment, insertClusterName } from '../../domain/each/command-line.js';
import {
  createPrograms,
  notStartedProblem,
  outputProblem,
  type Programs,
} from '../../domain/each/programs.js';
import type { RunFolder } from '../../domain/each/run-folder.js';
import { validateName, withFileNames, withPksNames } from '../completers.js';
import {
  type ClusterSelection,
  type ContextClusters,
  type InstallationCluster,
  selectableClusters,
  selectClusters,
} from '../kube/selected-clusters.js';
import { asCollector, integerParser, parseSeconds } from '../option-values.js';
import { filterOption, outputOption, requiresRead } from '../resource/list-command.js';
import { defaultParallel, formatNextCommands, type RepeatedFlags } from './next-command.js';
import {
  CollectedOutput,
  createGroupedOutputs,
  createPrefixedOutputs,
  maximumJsonBytes,
  type Output,
} from './output.js';
import { formatCount, type PrepareDeps, type PreparedCluster, prepareClusters } from './prepare.js';

type Deps = PrepareDeps &
  Parameters<typeof selectClusters>[1] &
  Pick<Services, 'clock' | 'createRunFolder' | 'findProgram' | 'untilInterrupted'>;

interface Flags extends ClusterSelection, RepeatedFlags {
  readonly cluster?: readonly string[];
}

export const description =
  'Run a command once for each cluster that you have access to. KUBECONFIG is set to a kubeconfig that contains only ' +
  'this cluster and no token. In arguments, {} is replaced with the cluster name, which is also in TPKS_CLUSTER. Gives ' +
  'you the role cluster-admin in the clusters that you can change, like `tpks get-credentials`. Exits with 1 if the ' +
  `command fails for any cluster. ${requiresRead}`;

export const examples = {
  'list the nodes of all clusters': 'tpks each -- kubectl get nodes',
  'show the versions of the production clusters in all installations':
    "tpks each --all-contexts --filter 'name=prod-*' -- kubectl version",
  'write the pods of each cluster to its own file':
    'tpks each -- sh -c \'kubectl get pods -A >"$TPKS_CLUSTER.txt"\'',
  'print the namespaces of each cluster as JSON': 'tpks each -o json -- kubectl get namespaces',
};

export function define(command: Command, deps: Deps): void {
  command
    .usage('[options] -- <command...>')
    .addArgument(
      withFileNames(new Argument('<command...>', 'program and its arguments; no shell is used')),
    )
    .addOption(
      withPksNames(
        new Option(
          '--cluster <name>',
          'run the command only for this cluster; repeatable',
        ).argParser(
          asCollector((name: string, previous: readonly string[] = []) => [
            ...previous,
            validateName(name, 'The name of the cluster'),
          ]),
        ),
        'clusters',
      ),
    )
    .addOption(filterOption(selectableClusters, 'run the command only for matching clusters'))
    .option('--all-contexts', 'include the clusters of all installations that you are logged in to')
    .addOption(
      new Option('--parallel <number>', 'maximum number of parallel commands')
        .argParser(integerParser({ from: 1, to: 100 }))
        .default(defaultParallel),
    )
    .addOption(
      new Option(
        '--command-timeout <seconds>',
        'stop commands that take longer than this',
      ).argParser(parseSeconds),
    )
    .option(
      '--allow-token-files',
      'include clusters without OpenID Connect; their kubeconfig contains a token',
    )
    .addOption(
      new Option('--group', 'print the output of each cluster as one block').conflicts('output'),
    )
    .addOption(outputOption('json', 'yaml'))
    .action((words: readonly string[], flags: Flags) => each(words, flags, deps));
}

/** The result of the command in one cluster. */
interface ClusterResult {
  readonly label: string;
  readonly cluster: PreparedCluster['cluster'];
  readonly result: 'succeeded' | 'failed' | 'skipped';
  readonly reason: string | undefined;
  readonly exitCode: number | null;
  readonly seconds: number | null;
}

/**
 * @throws {TpksError} `failed` if the command failed in a cluster; `cancelled` after Ctrl-C; before the command runs:
 *   `unauthenticated` without a stored session, `usage`, `notFound`, and errors of the API.
 */
export async function each(words: readonly string[], flags: Flags, deps: Deps): Promise<void> {
  const { terminal } = deps;
  const file = findFile(words, deps);
  if (flags.allContexts !== true) await requireStoredSession(deps);
  const { selected, failures } = await selectClusters(flags, deps);
  const named = selectNamed(selected, flags.cluster);
  const prepared = await prepareClusters(named, flags, deps);
  if (prepared.length === 0 && failures.length === 0) {
    terminal.note(flags.filter === undefined ? 'No clusters found' : 'No cluster matches --filter');
    if (terminal.wantsJson()) await terminal.show({ json: [], text: [] });
    return;
  }
  const labels = createLabels(prepared);
  const programs = createPrograms();
  // Registered before the first file exists, so that all files are deleted after Ctrl-C.
  void stopOnInterrupts(programs, deps);
  const folder = await deps.createRunFolder();
  const errors: unknown[] = [];
  const outputs = createOutputs(labels, folder, flags, terminal);
  let results: readonly ClusterResult[];
  try {
    const run = async (item: PreparedCluster, index: number) => {
      const { [index]: label = item.cluster.name } = labels;
      const { [index]: output = new CollectedOutput() } = outputs;
      // An API could return the same name twice.
      const path =
        item.kubeconfig && (await folder.create(`${label} ${index}.yaml`, item.kubeconfig));
      return runCommand(
        { ...item, file, words, flags, errors, label, output, path },
        programs,
        deps,
      );
    };
    results = await programs.stoppingOnSignals(() => mapInParallel(prepared, run, flags.parallel));
  } finally {
    await folder.remove();
  }
  summarize(results, failures, terminal);
  if (terminal.wantsJson()) await showJson(results, outputs, terminal);
  // Ctrl-C in a pipeline also ends the reader of the output.
  if (programs.isInterrupted()) throw new TpksError('cancelled', 'Interrupted');
  if (errors.length > 0) throw errors[0];
  throwFailures(results, failures, (failed) =>
    formatNextCommands(failed, words, flags, deps.options().context),
  );
}

/** Finds the program once, instead of failing for each cluster. @throws {TpksError} `usage` */
function findFile([program = '']: readonly string[], { findProgram }: Deps): string {
  const file = findProgram(program);
  if (file !== undefined && program !== '') return file;
  const place = program.includes('/') ? '' : ' in PATH';
  throw new TpksError('usage', `Program ${JSON.stringify(program)} not found${place}`, {
    hint: "to run a shell command: tpks each -- sh -c 'COMMAND'",
  });
}

/** Credentials in the environment are not enough, because they are not passed to the commands. */
async function requireStoredSession({ context: findContext }: Deps): Promise<void> {
  const context = await findContext();
  if (context.store !== 'none') return;
  throw new TpksError(
    'unauthenticated',
    `tpks each needs a stored session, but the credentials of ${context.identity} are only in the environment`,
    {
      hint: `unset ${context.sources.identity.replace('variable ', '')}, and log in: ${formatLoginCommand(context)}`,
    },
  );
}

/** Selects the clusters of `--cluster`. @throws {TpksError} `notFound` */
function selectNamed(
  selected: readonly ContextClusters[],
  names: readonly string[] | undefined,
): readonly ContextClusters[] {
  if (names === undefined) return selected;
  const missing = names.find((wanted) =>
    selected.every(({ clusters }) => clusters.every(({ name }) => name !== wanted)),
  );
  if (missing?.includes(',') === true) {
    const options = missing.split(',').map((name) => `--cluster ${quoteForShell(name)}`);
    throw new TpksError('usage', `--cluster accepts only one name: ${missing}`, {
      hint: `repeat the option: ${options.join(' ')}`,
    });
  }
  if (missing !== undefined) {
    throw new TpksError('notFound', `Cluster ${missing} not found`, {
      hint: 'list the clusters: tpks clusters',
      unknownName: {
        name: missing,
        kind: 'clusters',
        list: () =>
          Promise.resolve(selected.flatMap(({ clusters }) => clusters.map(({ name }) => name))),
      },
    });
  }
  return selected.map(({ context, clusters }) => ({
    context,
    clusters: clusters.filter(({ name }) => names.includes(name)),
  }));
}

/** Labels clusters with their names, and adds the installation if several have a cluster with this name. */
function createLabels(prepared: readonly PreparedCluster[]): readonly string[] {
  const sameName = groupBy(prepared, ({ cluster }) => cluster.name);
  return prepared.map(({ cluster: { name, installation } }) =>
    sameName.get(name)?.length === 1 ? name : `${name}@${installation}`,
  );
}

function createOutputs(
  labels: readonly string[],
  folder: RunFolder,
  { group = false }: Flags,
  terminal: Deps['terminal'],
): readonly Output[] {
  if (terminal.wantsJson()) return labels.map(() => new CollectedOutput());
  return group
    ? createGroupedOutputs(labels, folder, terminal)
    : createPrefixedOutputs(labels, terminal);
}

/** The first Ctrl-C stops the commands, and the second one kills them. */
async function stopOnInterrupts(
  { stop, kill }: Programs,
  { terminal, untilInterrupted }: Deps,
): Promise<void> {
  await untilInterrupted();
  stop();
  terminal.note('Stopping all commands; to kill them at once, press Ctrl-C again');
  await untilInterrupted();
  kill();
}

interface CommandRun extends PreparedCluster {
  readonly file: string;
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly label: string;
  readonly output: Output;
  /** Path of the kubeconfig. */
  readonly path: string | undefined;
  /** Write errors of the output, which stop all commands. */
  readonly errors: unknown[];
}

async function runCommand(
  { context, cluster, path, skipped, problem, ...run }: CommandRun,
  programs: Programs,
  { clock, env }: Deps,
): Promise<ClusterResult> {
  const { words, flags, label, output } = run;
  const none = { label, cluster, exitCode: null, seconds: null };
  if (skipped !== undefined) {
    // A script that names a cluster expects a result for it.
    return { ...none, result: flags.cluster === undefined ? 'skipped' : 'failed', reason: skipped };
  }
  const args = insertClusterName(words.slice(1), cluster.name);
  if (args === undefined || path === undefined) {
    return { ...none, result: 'failed', reason: problem ?? unsafeNameReason };
  }
  const { name, uuid, installation } = cluster;
  const commandCluster = {
    ...{ cluster: name, uuid: uuid ?? '', installation },
    ...{ context: context.name, kubeconfig: path },
  };
  const start = clock.monotonic();
  try {
    const { exitCode, problem: reason } = await programs.run({
      ...{ file: run.file, args, timeoutSeconds: flags.commandTimeout },
      env: createCommandEnvironment(env, commandCluster),
      read: (outputName, data) => output.read(outputName, data),
    });
    const seconds = Math.round((clock.monotonic() - start) / 100) / 10;
    if (reason !== notStartedProblem) await output.finish();
    const result = reason === undefined ? 'succeeded' : 'failed';
    return { label, cluster, result, reason, exitCode, seconds };
  } catch (error) {
    run.errors.push(error);
    programs.stopAfterOutputError();
    return { ...none, result: 'failed', reason: outputProblem };
  }
}

const unsafeNameReason =
  'its name is not safe in a command line, so it cannot replace {}; use the variable TPKS_CLUSTER instead';

async function showJson(
  results: readonly ClusterResult[],
  outputs: readonly Output[],
  terminal: Deps['terminal'],
): Promise<void> {
  const json = results.map(({ label, cluster, result, reason, exitCode, seconds }, index) => {
    const output = outputs[index];
    const collected = output instanceof CollectedOutput ? output : undefined;
    const isTruncated = collected?.isTruncated() ?? false;
    if (isTruncated) {
      terminal.warn(
        `the output of ${label} was cut after ${String(maximumJsonBytes / 1024 / 1024)} MiB; to print all of it, omit --output`,
      );
    }
    const { name, uuid = null, installation } = cluster;
    return {
      ...{ cluster: name, uuid, installation, result, reason: reason ?? null, exitCode },
      ...{ stdout: collected?.text('stdout'), stderr: collected?.text('stderr') },
      ...{ isTruncated, seconds },
    };
  });
  await terminal.show({ json, text: [] });
}

function summarize(
  results: readonly ClusterResult[],
  failures: readonly Failure[],
  { note }: Deps['terminal'],
): void {
  if (results.length === 0) return;
  const counts = (['succeeded', 'failed', 'skipped'] as const)
    .map((result) => [results.filter((each) => each.result === result).length, result] as const)
    .filter(([count, result]) => count > 0 || result === 'succeeded');
  note(
    `${formatCount(results.length)}: ${counts.map(([count, result]) => `${String(count)} ${result}`).join(', ')}`,
  );
  for (const result of ['skipped', 'failed'] as const) {
    const those = results.filter((each) => each.result === result);
    for (const [reason, same] of groupBy(those, (each) => each.reason ?? '')) {
      note(`${result} ${same.map(({ label }) => label).join(', ')}: ${reason}`);
    }
  }
  for (const { name, error } of failures) note(`failed ${name}: ${messageWithHint(error)}`);
}

/** @throws {TpksError} `failed` unless the command succeeded in all clusters that were not skipped. */
function throwFailures(
  results: readonly ClusterResult[],
  failures: readonly Failure[],
  findNextCommands: (failed: readonly InstallationCluster[]) => readonly string[],
): void {
  const failed = results.filter(({ result }) => result === 'failed');
  if (failed.length > 0) {
    throw new TpksError(
      'failed',
      `The command failed for ${String(failed.length)} of ${formatCount(results.length)}`,
      {
        hint: [
          'to run it again only for failed clusters:',
          ...findNextCommands(failed.map(({ cluster }) => cluster)),
        ].join('\n'),
      },
    );
  }
  const [failure] = failures;
  if (failure === undefined) return;
  throw new TpksError('failed', `Cannot list the clusters of ${failure.name}`, {
    hint: failure.error.hint,
  });
}
