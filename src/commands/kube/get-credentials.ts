import { Argument, type Command } from 'commander';
import { mapInParallel } from '../../api/client/in-parallel.js';
import { validateClusterName } from '../../api/pks/binds.js';
import type { Services } from '../../app/services.js';
import { combineFailures, type Failure, isTpksError, TpksError } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Kubeconfig } from '../../domain/kube/kubeconfig/kubeconfig.js';
import { validateName, withPksNames } from '../completers.js';
import { requiresWrite } from '../resource/list-command.js';
import { type LoginFlags, addSsoOptions } from '../session/login-options.js';
import { createAccessRequest } from './access-request.js';
import { createCredentialOptions, type ClusterLoginDeps } from './cluster-login.js';
import { addKubeconfigOptions, type KubeconfigFlags } from './kubeconfig-options.js';
import {
  createUserFinder,
  createLinePrinter,
  openKubeconfig,
  writeKubeconfig,
} from './write-kubeconfig.js';

type Deps = ClusterLoginDeps &
  Pick<
    Services,
    | 'context'
    | 'session'
    | 'clusters'
    | 'binds'
    | 'kubeconfig'
    | 'clusterAccess'
    | 'selectKubernetesStore'
    | 'clock'
  >;

interface GetCredentialsFlags extends KubeconfigFlags, LoginFlags {
  readonly all?: boolean;
}

export const description =
  'Add clusters to the kubeconfig, give the user the role cluster-admin in them, and log in to them. ' +
  `Switch kubectl to the first cluster. ${requiresWrite}`;

export const examples = {
  'add a cluster to the kubeconfig': 'tpks get-credentials dev-1',
  'print a kubeconfig with tokens that kubectl renews':
    'tpks get-credentials dev-1 --kubeconfig-format oidc --print',
  'add all clusters, and keep the current kubeconfig context':
    'tpks get-credentials --all --no-switch',
};

export function define(command: Command, deps: Deps): void {
  command
    .addArgument(clusterArguments())
    .option('--all', 'add all clusters that you have access to; keeps the current context');
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
  const { terminal } = deps;
  validateSelection(typedNames, flags);
  const printLines = createLinePrinter(flags, terminal);
  const context = await deps.context();
  const kubeconfig = await openKubeconfig(flags, deps);
  const names =
    flags.all === true
      ? (await deps.clusters().list()).map(({ name }) => name)
      : [...new Set(typedNames)];
  if (names.length === 0) return showNoClusters(kubeconfig, terminal);
  const { clusterAccess: access, binds } = deps;
  const findUser = createUserFinder(flags, kubeconfig);
  const selection =
    flags.all === true ? '--all' : names.map((word) => quoteForShell(word)).join(' ');
  const options = createCredentialOptions(`tpks get-credentials ${selection} --sso`, printLines);
  const request = createAccessRequest({ context, flags, options, findUser }, deps);
  for (const name of typedNames) validateClusterName(name);
  await printLines('');
  const { successes, failures } = await bindClusters(names, async (name) => {
    await printLines(`Fetching credentials for cluster ${name}.`);
    return access.plan(await binds.create(name), request);
  });
  if (successes.length > 0) {
    const entries = await access.createEntries(successes, request);
    const first = entries[0]?.entries.contextName;
    const text = () => [
      ...successes.map(({ bind }) => `Context set for cluster ${bind.cluster}.`),
      '',
      'You can now switch between clusters by using:',
      // The original also prints the placeholder instead of a name. See docs/contributing/servers/pks-cli.md#credentials.
      '$kubectl config use-context <cluster-name>',
    ];
    const currentContext = switchesContext(names, flags) ? first : undefined;
    const update = { access: entries, failures, currentContext, text };
    await writeKubeconfig(update, kubeconfig, flags, deps);
  }
  for (const { name, error } of failures) terminal.note(`${name}: ${redact(error.message)}`);
  const [failure] = failures;
  if (failure === undefined) return;
  throw combineFailures(failure, failures, {
    summary: `Cannot get credentials for ${String(failures.length)} of ${String(names.length)} clusters`,
    hint: `show the cluster: tpks cluster ${quoteForShell(failure.name)}`,
  });
}

function validateSelection(
  names: readonly string[],
  { all = false, contextName, server }: GetCredentialsFlags,
): void {
  if (all && names.length > 0) {
    throw new TpksError('usage', '--all and cluster names cannot be used together', {
      hint: 'omit --all, or omit the names',
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

/** `--all` succeeds even if the user has no clusters. */
async function showNoClusters(kubeconfig: Kubeconfig, terminal: Deps['terminal']): Promise<void> {
  terminal.note('No clusters found');
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

/** A broker handles requests for different clusters in parallel, but each one is slow. */
const maximumInFlight = 4;

/**
 * Fetches the credentials for several clusters. If one fails, the others are still fetched.
 * @throws {TpksError} errors that affect all clusters, such as a session that has ended.
 */
async function bindClusters<T>(
  names: readonly string[],
  bind: (name: string) => Promise<T>,
): Promise<{ readonly successes: readonly T[]; readonly failures: readonly Failure[] }> {
  const successes: T[] = [];
  const failures: Failure[] = [];
  const results = await mapInParallel(
    names,
    async (name) => {
      try {
        return { value: await bind(name) };
      } catch (error) {
        if (!isTpksError(error) || isCommon(error) || names.length === 1) throw error;
        return { failure: { name, error } };
      }
    },
    maximumInFlight,
  );
  for (const { value, failure } of results) {
    if (failure !== undefined) failures.push(failure);
    else successes.push(value);
  }
  return { successes, failures };
}

/** Whether all other clusters of the installation would fail with the same error. */
export function isCommon({ kind, status }: TpksError): boolean {
  if (kind === 'unavailable') return status === undefined;
  return ['unauthenticated', 'untrusted', 'cancelled', 'keychain', 'storage'].includes(kind);
}
