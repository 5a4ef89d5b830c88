import { getOwnValue } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type {
  GrantKind,
  KubernetesSessionSettings,
  Settings,
} from '../../platform/config/settings.js';
import { findIdentities } from '../contexts/current-installation.js';
import { formatInstallationOptions } from '../contexts/installation.js';

/** The option of `get-credentials` that logs in with the same method as the context. */
const loginOptions: Readonly<Partial<Record<GrantKind, string>>> = {
  passcode: ' --sso',
  authorization_code: ' --sso-auto',
  implicit: ' --sso-auto',
};

/** FILE is a placeholder: only the content of the file is stored. */
const trustOption = ' --ca-cert FILE';

/** The command that starts or replaces a session, with its last cluster or, if none is known, `CLUSTER`. */
export function formatSessionCommand(
  name: string,
  session: KubernetesSessionSettings | undefined,
  settings: Settings,
): string {
  const cluster = quoteForShell(session?.clusters.at(-1) ?? 'CLUSTER');
  const context = getOwnValue(settings.contexts, name);
  if (context !== undefined) {
    const isCurrent = name === findIdentities(settings).pks;
    const option = isCurrent ? '' : ` --context ${quoteForShell(name)}`;
    return `tpks get-credentials ${cluster}${option}${loginOptions[context.grant] ?? ''}`;
  }
  if (session !== undefined) {
    const target = `${formatInstallationOptions(session)} -u ${quoteForShell(session.identity)}`;
    const trust = session.caCert === undefined ? '' : trustOption;
    return `tpks get-kubeconfig ${cluster} ${target}${session.skipTlsVerification ? ' -k' : trust}`;
  }
  const [, user, host] = /^([^@].*)@([^@]+)$/.exec(name) ?? [];
  if (user === undefined || host === undefined) return `tpks get-credentials ${cluster}`;
  return `tpks get-kubeconfig ${cluster} -a ${quoteForShell(host)} -u ${quoteForShell(user)}`;
}

/** The command that trusts the CA in FILE for the UAA of a session. FILE is a placeholder. */
export function formatSessionTrustCommand(
  name: string,
  session: KubernetesSessionSettings,
  settings: Settings,
): string {
  if (Object.hasOwn(settings.contexts, name)) {
    return `tpks login --context ${quoteForShell(name)}${trustOption}`;
  }
  const command = formatSessionCommand(name, { ...session, caCert: undefined }, settings);
  return `${command}${trustOption}`;
}
