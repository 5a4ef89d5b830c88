import type { Token } from '../auth/token.js';
import { isTpksError, rewordError, TpksError } from '../errors.js';
import { Secret } from '../secret.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatExecCredential, parseCredentialRequest } from './exec-credential.js';
import type { ClusterTokenOptions } from './id-token.js';
import type { KubernetesSessions, SelectedSession } from './sessions.js';

export interface ClusterCredentialDeps {
  /** The value of `KUBERNETES_EXEC_INFO`. */
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

/** Prompts for the password and replaces the session. */
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
      message: `Credentials were rejected, please try again. (${error.message})`,
      hint: command,
    });
  });
  await deps.sessions.save(session, token);
}
