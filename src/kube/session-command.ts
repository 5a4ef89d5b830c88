import type { GrantKind, KubernetesSessionSettings, Settings } from '../config/settings.js';
import { formatApiOptions, isOwner } from '../contexts/api-user.js';
import { formatInstallationOptions } from '../contexts/installation.js';
import { findIdentities } from '../contexts/selection.js';
import { TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import { quoteForShell } from '../shell-quote.js';
import type { OwnContext } from './kubeconfig/kubeconfig.js';

/** The option of `get-credentials` that logs in with the same method as the context. */
const loginOptions: Readonly<Partial<Record<GrantKind, string>>> = {
  passcode: ' --sso',
  authorization_code: ' --sso-auto',
  implicit: ' --sso-auto',
};

/** FILE is a placeholder: only the content of the file is stored. */
const trustOption = ' --ca-cert FILE';

/**
 * The command that starts a Kubernetes session, or replaces one that has ended. It names the
 * cluster whose credentials were last fetched; if none is known, `CLUSTER`.
 * @param session - `undefined` if no session has this name.
 */
export function formatSessionCommand(
  name: string,
  session: KubernetesSessionSettings | undefined,
  settings: Settings,
): string {
  const lastCluster = session?.clusters.at(-1) ?? 'CLUSTER';
  if (Object.hasOwn(settings.contexts, name)) {
    return formatCredentialsCommand(lastCluster, name, settings);
  }
  const cluster = quoteForShell(lastCluster);
  if (session !== undefined) {
    const target = `${formatInstallationOptions(session)} -u ${quoteForShell(session.identity)}`;
    const trust = session.caCert === undefined ? '' : trustOption;
    return `tpks get-kubeconfig ${cluster} ${target}${session.skipTlsVerification ? ' -k' : trust}`;
  }
  const [, user, host] = /^([^@].*)@([^@]+)$/.exec(name) ?? [];
  if (user === undefined || host === undefined) return `tpks get-credentials ${cluster}`;
  return `tpks get-kubeconfig ${cluster} -a ${quoteForShell(host)} -u ${quoteForShell(user)}`;
}

/** The command that fetches the credentials of a cluster with a context. */
function formatCredentialsCommand(
  cluster: string,
  contextName: string,
  settings: Settings,
): string {
  const { contexts } = settings;
  const option =
    contextName === findIdentities(settings).pks ? '' : ` --context ${quoteForShell(contextName)}`;
  const grant = getOwnValue(contexts, contextName)?.grant;
  const loginOption = grant === undefined ? '' : (loginOptions[grant] ?? '');
  return `tpks get-credentials ${quoteForShell(cluster)}${option}${loginOption}`;
}

/** The command that trusts the CA in FILE for the UAA of a session. FILE is a placeholder. */
export function formatTrustCommand(name: string, command: string, { contexts }: Settings): string {
  if (Object.hasOwn(contexts, name)) {
    return `tpks login --context ${quoteForShell(name)}${trustOption}`;
  }
  return command.endsWith(trustOption) ? command : `${command}${trustOption}`;
}

/**
 * Creates the error for a session that does not exist, e.g. because its context was renamed or deleted.
 * @param used - the kubeconfig context that uses the session. Its entries name the cluster and the
 *   user; the name of the session does not.
 */
export function missingSessionError(
  name: string,
  settings: Settings,
  used: OwnContext | undefined,
): TpksError {
  const hint =
    used === undefined
      ? formatSessionCommand(name, undefined, settings)
      : formatCommandFor(used, name, settings);
  return new TpksError('unauthenticated', `There is no Kubernetes session ${name}`, { hint });
}

/** The command that writes the entries of a kubeconfig context again. */
function formatCommandFor(
  { name, owner }: OwnContext,
  session: string,
  settings: Settings,
): string {
  const { contexts } = settings;
  const { api, cluster, identity } = owner;
  const found = [session, ...Object.keys(contexts)].find((each) =>
    isOwner(getOwnValue(contexts, each), owner),
  );
  const command =
    found === undefined
      ? `tpks get-kubeconfig ${quoteForShell(cluster)} ${formatApiOptions(api, settings)} -u ${quoteForShell(identity)}`
      : formatCredentialsCommand(cluster, found, settings);
  return name === cluster ? command : `${command} --context-name ${quoteForShell(name)}`;
}
