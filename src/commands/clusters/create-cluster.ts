import { Argument, Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { ClusterRequest } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { knownNames, rememberName, type NameDeps } from '../known-names.js';
import { refuseMissing } from '../problems.js';
import { programName } from '../program-name.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { monitorLine } from './begun.js';
import { clusterDetails } from './cluster-view.js';
import { tellingOfNewerFlags } from './newer-flags.js';
import { settingOptions } from './setting-options.js';
import { readSettings, refuseEmpty, toParameters, type SettingFlags } from './settings.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

type Deps = Pick<Services, 'clusters' | 'terminal' | 'context' | 'names'> & ClusterWaitDeps;

interface Flags extends SettingFlags, WaitFlags, Writing {
  readonly externalHostname?: string;
  readonly plan?: string;
}

interface Input extends Flags {
  readonly name: string;
  /** The word that the program was called by. */
  readonly program: string;
}

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Create a cluster. This takes up to half an hour; --wait waits until it has finished.',
    )
    .addArgument(new Argument('<name>', 'unique name of the cluster'))
    .option('-e, --external-hostname <host>', 'address of its Kubernetes API (required)')
    .addOption(
      withCompleter(
        new Option('-p, --plan <name>', 'plan, one of tpks plans (required)'),
        knownNames('plans', deps),
      ),
    );
  for (const option of [...settingOptions(deps), ...waitOptions(), dryRunOption()]) {
    command.addOption(option);
  }
  command
    .addHelpText(
      'after',
      `
Examples:
  $ tpks create-cluster dev-9 -e dev-9.example.com -p small
  $ tpks create-cluster dev-9 -e dev-9.example.com -p small -n 2 --tags team:blue --wait`,
    )
    .action((name: string, flags: Flags) =>
      showingDryRun(
        () => createCluster({ name, ...flags, program: programName(command) }, deps),
        deps,
      ),
    );
}

/** Begins to make a cluster and shows it, at once or when it is done. */
export async function createCluster(input: Input, deps: Deps): Promise<void> {
  const { name, program, wait = false, waitTimeout, dryRun } = input;
  const request = await toRequest(input);
  const clusters = await deps.clusters({ dryRun });
  const made = await tellingOfNewerFlags(input, clusters.create(request));
  // So that a TAB after `wait` and the like knows it before the next list.
  await rememberName('clusters', name, deps);
  if (wait) {
    await waitForCluster({ name, goal: 'succeeded', timeoutSeconds: waitTimeout }, deps);
    return;
  }
  await deps.terminal.show({
    json: made,
    text: [...clusterDetails(made, { details: false }), monitorLine(program, name)],
    indent: 3,
  });
}

async function toRequest(input: Input): Promise<ClusterRequest> {
  const { name, externalHostname = '', plan = '' } = input;
  const settings = await readSettings(
    input,
    [
      () => refuseEmpty('The name', name),
      () => refuseMissing({ 'external-hostname': input.externalHostname, plan: input.plan }),
      () => refuseEmpty('--external-hostname', input.externalHostname),
      () => refuseEmpty('--plan', input.plan),
    ],
    { kubernetes_master_host: '--external-hostname' },
  );
  return {
    name,
    plan_name: plan,
    ...settings.profiles,
    parameters: { kubernetes_master_host: externalHostname, ...toParameters(settings) },
  };
}
