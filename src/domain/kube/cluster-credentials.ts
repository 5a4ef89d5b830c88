import { formatInstant } from '../../base/clock.js';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { credentialsRejected } from '../auth/login-errors.js';
import type { Token } from '../auth/token.js';
import type { ClusterToken } from './cluster-token.js';
import type { ClusterTokenOptions, KubernetesSessions, SelectedSession } from './sessions.js';

export interface ClusterCredentialDeps {
  readonly info: string | undefined;
  readonly sessions: Pick<KubernetesSessions, 'select' | 'save'>;
  /** Requests tokens for the clusters with a password. */
  readonly logIn: (session: SelectedSession, password: Secret) => Promise<Token>;
  readonly terminal: Pick<Terminal, 'canPrompt' | 'prompt'>;
  /** Stops the client, because it would prompt again when the plugin fails. */
  readonly interruptClient: () => void;
}

/**
 * Creates the response of the credential plugin to kubectl: JSON on one line with the ID token of a session.
 * Prompts for the password if the session has ended and kubectl allows it.
 * @param name - name of a session or of a context.
 * @throws {TpksError} `usage` for an unknown version in `KUBERNETES_EXEC_INFO`; `unauthenticated` if the session
 *   does not exist or has ended; `unavailable` if the UAA is unreachable and the token has expired; `cancelled`.
 */
export async function createClusterCredential(
  name: string,
  options: ClusterTokenOptions,
  deps: ClusterCredentialDeps,
): Promise<string> {
  const { apiVersion, isInteractive } = parseCredentialRequest(deps.info);
  const session = await deps.sessions.select(name);
  const token = await session.token(options).catch(async (error: unknown) => {
    const isEnded = isTpksError(error) && error.kind === 'unauthenticated';
    const canLogIn = isInteractive && session.usesPassword && deps.terminal.canPrompt();
    if (!isEnded || !canLogIn) throw error;
    await logIn(session, deps);
    return session.token(options);
  });
  return formatExecCredential(apiVersion, token);
}

async function logIn(session: SelectedSession, deps: ClusterCredentialDeps): Promise<void> {
  const { identity, api, command } = session;
  const message = `Password of ${identity} at ${new URL(api).hostname}: `;
  const answer = deps.terminal.prompt({ message, hidden: true, hint: command });
  const password = new Secret(
    await answer.catch((error: unknown) => {
      if (isTpksError(error) && error.kind === 'cancelled') deps.interruptClient();
      throw error;
    }),
  );
  if (password.isEmpty) {
    throw new TpksError('unauthenticated', 'Password is empty: nothing was sent', {
      hint: command,
    });
  }
  const token = await deps.logIn(session, password).catch((error: unknown) => {
    if (!isTpksError(error) || error.kind !== 'unauthenticated') throw error;
    throw rewordError(error, {
      message: `${credentialsRejected} (${error.message})`,
      hint: command,
    });
  });
  await deps.sessions.save(session, token);
}

const group = 'client.authentication.k8s.io';
const versions = [`${group}/v1`, `${group}/v1beta1`] as const;

/**
 * @param info - the value of `KUBERNETES_EXEC_INFO`; `undefined` if it is not set.
 * @throws {TpksError} `usage` for an unknown version or kind.
 * @see client.authentication.k8s.io/v1, type ExecCredential
 */
export function parseCredentialRequest(info: string | undefined) {
  if (info === undefined) {
    return { apiVersion: `${group}/v1beta1`, isInteractive: false };
  }
  const value = tryParseJson(info);
  const { apiVersion, kind, spec } = isObject(value) ? value : {};
  const version = versions.find((each) => each === apiVersion);
  if (version === undefined || kind !== 'ExecCredential') {
    throw new TpksError(
      'usage',
      `Invalid KUBERNETES_EXEC_INFO: tpks supports the kind ExecCredential of ${versions.join(' and ')}`,
      { hint: 'to repair the kubeconfig: tpks get-credentials CLUSTER' },
    );
  }
  const isInteractive = isObject(spec) && spec['interactive'] === true;
  return { apiVersion: version, isInteractive };
}

/** Formats the response to the client, on one line with a final newline. */
function formatExecCredential(apiVersion: string, { idToken, renewAt }: ClusterToken): string {
  const status = { token: idToken.reveal(), expirationTimestamp: formatInstant(renewAt) };
  return `${JSON.stringify({ apiVersion, kind: 'ExecCredential', status })}\n`;
}
