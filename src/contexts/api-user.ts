import type { ContextSettings, Settings } from '../config/settings.js';
import { defaultApiOf, formatInstallationOptions, parseInstallation } from './installation.js';

/** A user of an API, as the kubeconfig names the owner of its entries. */
interface ApiUser {
  /** Origin of the API. */
  readonly api: string;
  readonly identity: string;
}

/** Whether a context belongs to a user of an API. `false` for an undefined context. */
export function isOwner(
  context: Pick<ContextSettings, 'api' | 'uaa' | 'identity' | 'grant'> | undefined,
  { api, identity }: ApiUser,
): boolean {
  return (
    context !== undefined &&
    (context.api ?? defaultApiOf(context.uaa)) === api &&
    context.grant !== 'client_credentials' &&
    context.identity.toLowerCase() === identity.toLowerCase()
  );
}

/**
 * The options of `tpks login` for the address of an API. If neither a context nor a Kubernetes session
 * names its UAA, the UAA is assumed to be on the default port.
 */
export function formatApiOptions(
  api: string,
  { contexts, kubernetesSessions = {} }: Pick<Settings, 'contexts' | 'kubernetesSessions'>,
): string {
  const known = [...Object.values(contexts), ...Object.values(kubernetesSessions)].find(
    (each) => each.api === api,
  );
  if (known !== undefined) return formatInstallationOptions({ api, uaa: known.uaa });
  const { hostname } = new URL(api);
  return parseInstallation(hostname).api === api ? `-a ${hostname}` : `-a ${api}`;
}
