import type { Settings } from '../config/settings.js';
import { formatApiOptions, isOwner } from '../contexts/api-user.js';
import { TpksError } from '../errors.js';
import { getOwnValue } from '../own-value.js';
import { quoteForShell } from '../shell-quote.js';
import type { OwnContext } from './kubeconfig/kubeconfig.js';
import { formatCredentialsCommand, formatSessionCommand } from './session-command.js';

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
