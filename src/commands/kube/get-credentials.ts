import { Argument, type Command } from 'commander';
import { mapInParallel } from '../../base/in-parallel.js';
import { validateClusterName } from '../../api/pks/binds.js';
import type { Services } from '../../app/services.js';
import { combineFailures, type Failure, isTpksError, TpksError } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Context } from '../../domain/contexts/context.js';
import { apiOf, formatApi } from '../../domain/contexts/installation.js';
import type { AccessEntries } from '../../domain/kube/cluster-access.js';
import type { Kubeconfig } from '../../domain/kube/kubeconfig/kubeconfig.js';
import { validateName, withPksNames } from '../completers.js';
import { filterOption, requiresWrite } from '../resource/list-command.js';
import { formatFilter } from '../resource/list.js';
import { type LoginFlags, addSsoOptions, formatLoginFlags } from '../session/login-options.js';
import { createAccessRequest } from './access-request.js';
import { createCredentialOptions, type ClusterLoginDeps } from './cluster-login.js';
import {
  addKubeconfigOptions,
  formatKubeconfigFlags,
  type KubeconfigFlags,
} from './kubeconfig-options.js';
import { type ClusterSelection, selectableClusters, selectClusters } from './selected-clusters.js';
import {
  type AccessFailure,
  createUserFinder,
  createLinePrinter,
  openKubeconfig,
  writeKubeconfig,
} from './write-kubeconfig.js';

type Deps = ClusterLoginDeps &
  Parameters<typeof selectClusters>[1] &
  Pick<
    Services,
    | 'session'
    | 'binds'
    | 'bindsIn'
    | 'kubeconfig'
    | 'clusterAccess'
    | 'selectKubernetesStore'
    | 'clock'
  >;

interface GetCredentialsFlags extends KubeconfigFlags, LoginFlags, ClusterSelection {
  readonly all?: boolean;
}

export const description =
  'Add clusters to the kubeconfig, give the user of the context the cluster-admin role in them, and log in to them. ' +
  `Switch kubectl to the first cluster. ${requiresWrite}`;

export const examples = {
  'add a cluster to the kubeconfig': 'tpks get-credentials dev-1',
  'print a kubeconfig with tokens that kubectl renews':
    'tpks get-credentials dev-1 --kubeconfig-format oidc --print',
  'add all clusters, and keep the current kubeconfig context':
    'tpks get-credentials --all --no-switch',
  'add the production clusters of all installations':
    "tpks get-credentials --all --all-contexts --filter 'name=prod-*'",
};

export function define(command: Command, deps: Deps): void {
  command
    .addArgument(clusterArguments())
    .option('--all', 'add all clusters that you have access to, and keep the current context')
    .addOption(filterOption(selectableClusters, 'with --all, add only matching clusters'))
    .option('--all-contexts', 'with --all, include all installations that you are logged in to');
  addKubeconfigOptions(command.optionsGroup('Kubeconfig options:'));
  addSsoOptions(command.optionsGroup('Single sign-on options:')).action(
    (names: readonly string[], flags: GetCredentialsFlags) => getCredentials(names, flags, deps),
  );
}

function clusterArguments(): Argument {
  const argument = new Argument('[name...]', 'names of the clusters').argParser(
    (name: string, previous: readonly string[] | undefined) => [
      ...(previous ?? []),
      validateName(name, 'The name of the cluster'),
    ],
  );
  return withPksNames(argument, 'clusters');
}

/** Fetches the credentials for clusters, logs in if necessary, and writes the kubeconfig entries. */
export async function getCredentials(
  typedNames: readonly string[],
  flags: GetCredentialsFlags,
  deps: Deps,
): Promise<void> {
  const { terminal, clusterAccess } = deps;
  validateSelection(typedNames, flags);
  const { allContexts = false } = flags;
  const printLines = createLinePrinter(flags, terminal);
  const kubeconfig = await openKubeconfig(flags, deps);
  const { selected, failures: unlisted } = await selectNames(typedNames, flags, deps);
  const names = selected.flatMap((each) => each.names);
  if (names.length === 0 && unlisted.length === 0) return showNoClusters(flags, kubeconfig, deps);
  for (const name of typedNames) validateClusterName(name);
  const findUser = createUserFinder(flags, kubeconfig);
  const selection =
    flags.all === true ? '--all' : names.map((word) => quoteForShell(word)).join(' ');
  const options = createCredentialOptions(`tpks get-credentials ${selection} --sso`, printLines);
  const failures: AccessFailure[] = [...unlisted];
  /** If one of several installations fails, the others are still added. */
  const runStep = async <T>(installation: string, step: () => Promise<readonly T[]>) => {
    try {
      return await step();
    } catch (error) {
      const canContinue = selected.length > 1 && isTpksError(error) && error.kind !== 'cancelled';
      if (!canContinue) throw error;
      failures.push(toAccessFailure({ name: installation, error }));
      return [];
    }
  };
  await printLines('');
  const bound = await mapInParallel(
    selected,
    async ({ context, names: ownNames }) => {
      const installation = formatApi(apiOf(context));
      const input = { context, flags, options, allContexts, findUser };
      const request = createAccessRequest(input, deps);
      const binds = allContexts ? deps.bindsIn(context) : deps.binds;
      const planned = await runStep(installation, async () => {
        const isOnly = ownNames.length === 1 && !allContexts;
        const bind = async (name: string) => {
          const place = allContexts ? ` of ${installation}` : '';
          await printLines(`Fetching credentials for cluster ${name}${place}.`);
          try {
            return { plan: await clusterAccess.plan(await binds.create(name), request) };
          } catch (error) {
            if (!isTpksError(error) || isCommon(error) || isOnly) throw error;
            const label = allContexts
              ? { name: `${name}@${installation}`, installation }
              : { name };
            return { failure: { ...label, cluster: name, error } };
          }
        };
        const results = await mapInParallel(ownNames, bind, maximumInFlight);
        failures.push(...results.flatMap(({ failure }) => failure ?? []));
        return results.flatMap(({ plan }) => plan ?? []);
      });
      return { installation, planned, request };
    },
    maximumInstallations,
  );
  const access: AccessEntries[] = [];
  // Not in parallel, because each login can prompt for a password.
  for (const { installation, planned, request } of bound) {
    if (planned.length === 0) continue;
    const create = () => clusterAccess.createEntries(planned, request);
    access.push(...(await runStep(installation, create)));
  }
  const [first] = access;
  if (first !== undefined) {
    const text = (contextNames: readonly string[]) => [
      ...access.map(({ bind: { cluster } }, index) => {
        const name = allContexts ? contextNames[index] : cluster;
        return `Context set for cluster ${name ?? cluster}.`;
      }),
      '',
      'You can now switch between clusters by using:',
      // The original also prints the placeholder instead of a name. See docs/contributing/servers/pks-cli.md#credentials.
      '$kubectl config use-context <cluster-name>',
    ];
    const currentContext = switchesContext(names, flags) ? first.entries.contextName : undefined;
    const update = { access, failures, allContexts, currentContext, text };
    await writeKubeconfig(update, kubeconfig, flags, deps);
  }
  // The failures in `unlisted` have already been printed.
  for (const { name, error } of failures.slice(unlisted.length)) {
    terminal.note(`${name}: ${redact(error.message)}`);
  }
  throwFailures(failures, { clusters: names.length, installations: selected.length });
}

interface SelectedNames {
  readonly context: Context;
  /** Names of clusters. */
  readonly names: readonly string[];
}

async function selectNames(
  typedNames: readonly string[],
  flags: GetCredentialsFlags,
  deps: Deps,
): Promise<{
  readonly selected: readonly SelectedNames[];
  readonly failures: readonly AccessFailure[];
}> {
  if (flags.all !== true) {
    const names = [...new Set(typedNames)];
    return { selected: [{ context: await deps.context(), names }], failures: [] };
  }
  const { selected, failures } = await selectClusters(flags, deps);
  return {
    selected: selected.map(({ context, clusters }) => ({
      context,
      names: clusters.map(({ name }) => name),
    })),
    failures: failures.map(toAccessFailure),
  };
}

function toAccessFailure({ name, error }: Failure): AccessFailure {
  return { name, installation: name, error };
}

/** @throws {TpksError} an error that names the clusters and installations that failed, if any. */
function throwFailures(
  failures: readonly AccessFailure[],
  totals: { readonly clusters: number; readonly installations: number },
): void {
  // A failed login takes precedence, because trying again does not help.
  const main = failures.find(({ error }) => error.kind === 'unauthenticated') ?? failures[0];
  if (main === undefined) return;
  const clusters = failures.filter(({ cluster }) => cluster !== undefined);
  const installations = failures.length - clusters.length;
  const count = (part: number, total: number, noun: string) =>
    part === 0 ? [] : [`${String(part)} of ${String(total)} ${noun}`];
  const counts = [
    ...count(clusters.length, totals.clusters, 'clusters'),
    ...count(installations, totals.installations, 'installations'),
  ];
  throw combineFailures(main, failures, {
    summary: `Cannot get credentials for ${counts.join(' and ')}`,
    hint:
      main.cluster === undefined
        ? 'check the contexts: tpks contexts'
        : `show the cluster: tpks cluster ${quoteForShell(main.cluster)}`,
  });
}

function validateSelection(names: readonly string[], flags: GetCredentialsFlags): void {
  const { ssoPasscode, ...otherFlags } = flags;
  const { all = false, allContexts = false, filter = [], contextName, server } = flags;
  const needsAll = [
    ...(filter.length > 0 ? ['--filter'] : []),
    ...(allContexts ? ['--all-contexts'] : []),
  ];
  if (!all && needsAll.length > 0) {
    throw new TpksError('usage', `${needsAll.join(' and ')} can be used only with --all`, {
      hint: formatAllCommand(flags),
    });
  }
  if (all && names.length > 0) {
    throw new TpksError('usage', '--all and cluster names cannot be used together', {
      hint: 'omit --all, or omit the names',
    });
  }
  if (allContexts && ssoPasscode !== undefined) {
    throw new TpksError('usage', '--sso-passcode and --all-contexts cannot be used together', {
      hint: `enter a code for each installation: ${formatAllCommand({ ...otherFlags, sso: true })}`,
    });
  }
  if (!all && names.length === 0) {
    throw new TpksError('usage', 'Missing cluster name', {
      hint: 'list the clusters: tpks clusters; or use --all',
    });
  }
  if ((contextName ?? server) === undefined || new Set(names).size === 1) return;
  const options = [
    ...(contextName === undefined ? [] : ['--context-name']),
    ...(server === undefined ? [] : ['--server']),
  ];
  throw new TpksError('usage', `${options.join(' and ')} can be used only with one cluster`, {
    hint: 'run the command once for each cluster',
  });
}

function formatAllCommand(flags: GetCredentialsFlags): string {
  return [
    'tpks get-credentials --all',
    ...(flags.filter ?? []).map((filter) => `--filter ${quoteForShell(formatFilter(filter))}`),
    ...(flags.allContexts === true ? ['--all-contexts'] : []),
    ...formatKubeconfigFlags(flags),
    ...formatLoginFlags(flags),
  ].join(' ');
}

/** `--all` succeeds even if the user has no clusters. */
async function showNoClusters(
  { filter }: GetCredentialsFlags,
  kubeconfig: Kubeconfig,
  { terminal }: Pick<Deps, 'terminal'>,
): Promise<void> {
  terminal.note(filter === undefined ? 'No clusters found' : 'No cluster matches --filter');
  if (!terminal.wantsJson()) return;
  const path = await kubeconfig.locate();
  const json = { kubeconfig: path, currentContext: null, clusters: [], failures: [] };
  await terminal.show({ json, text: [] });
}

/** `--all` changes the current context only if there is a single cluster, or with `--print`. */
function switchesContext(names: readonly string[], flags: GetCredentialsFlags): boolean {
  // A new kubeconfig needs a current context.
  const isWanted = flags.print === true || flags.all !== true || names.length === 1;
  return flags.switch && isWanted;
}

/** Requests for credentials of an installation at the same time. A broker takes several seconds for each. */
const maximumInFlight = 4;

/** Installations that requests are sent to at the same time. */
const maximumInstallations = 2;

/** Whether all other clusters of the installation would fail with the same error. */
export function isCommon({ kind, status }: TpksError): boolean {
  if (kind === 'unavailable') return status === undefined;
  return ['unauthenticated', 'untrusted', 'cancelled', 'keychain', 'storage'].includes(kind);
}
