import type { Clock } from '../clock.js';
import { isTpksError, rewordError, TpksError } from '../errors.js';
import { Secret } from '../secret.js';
import type { Terminal } from '../terminal/terminal.js';
import { hashToken, type CredentialCalls, type ParentProcess } from './credential-calls.js';
import {
  formatExecCredential,
  parseCredentialRequest,
  truncateToSeconds,
} from './exec-credential.js';
import type { ClusterToken, ClusterTokenOptions } from './id-token.js';
import type { KubernetesSessions, SelectedSession } from './sessions.js';
import type { Token } from '../auth/token.js';

/** The credential plugin of kubectl. */
export interface ClusterCredentials {
  /**
   * Creates the response to kubectl: JSON on one line with the ID token of a session. Prompts for the
   * password if the session has ended and kubectl allows it.
   * @param name - name of a session or of a context.
   * @param options.minimumSeconds - renew the token if its remaining lifetime is shorter.
   * @throws {TpksError} `usage` for an unknown version in `KUBERNETES_EXEC_INFO`; `unauthenticated` if
   *   the session does not exist or has ended, or if the cluster has also rejected a renewed token;
   *   `unavailable` if the UAA is unreachable and the token has expired; `cancelled`.
   */
  readonly create: (
    name: string,
    options?: Pick<ClusterTokenOptions, 'minimumSeconds'>,
  ) => Promise<string>;
}

export interface ClusterCredentialsDeps {
  /** The value of `KUBERNETES_EXEC_INFO`. */
  readonly info: string | undefined;
  readonly sessions: Pick<KubernetesSessions, 'select' | 'save'>;
  readonly calls: (sessionName: string) => Promise<CredentialCalls>;
  /** The process that runs the plugin; `undefined` if its start time is unknown. */
  readonly parent: () => ParentProcess | undefined;
  /** Requests tokens for the clusters with a password. */
  readonly logIn: (session: SelectedSession, password: Secret) => Promise<Token>;
  readonly terminal: Pick<Terminal, 'canPrompt' | 'prompt'>;
  /** Stops the client, because it would prompt again when the plugin fails. */
  readonly interruptClient: () => void;
  readonly clock: Pick<Clock, 'now'>;
}

/** @param rejected - a token that the cluster has rejected. */
type FindToken = (rejected?: Secret) => Promise<ClusterToken>;

export function createClusterCredentials(deps: ClusterCredentialsDeps): ClusterCredentials {
  return {
    create: async (name, { minimumSeconds } = {}) => {
      const { apiVersion, isInteractive, isFromClient } = parseCredentialRequest(deps.info);
      const session = await deps.sessions.select(name);
      const parent = isFromClient ? deps.parent() : undefined;
      const findToken: FindToken = async (rejected) => {
        const options = { rejected, minimumSeconds };
        try {
          return await session.token(options);
        } catch (error) {
          const isEnded = isTpksError(error) && error.kind === 'unauthenticated';
          const canLogIn = isInteractive && session.usesPassword && deps.terminal.canPrompt();
          if (!isEnded || !canLogIn) throw await markRepeated(error, session, parent, deps);
          await logIn(session, deps);
          return session.token(options);
        }
      };
      const token =
        parent === undefined
          ? await findToken()
          : await replaceRejectedToken(session, parent, findToken, deps);
      return formatExecCredential(apiVersion, token);
    },
  };
}

/**
 * How soon a client notices that a cluster also rejects the renewed token. kubectl notices it at its next
 * request. A program that reloads its kubeconfig frequently, as Python clients do, also calls
 * early, but usually later: it gets a renewed token, and does not fail.
 */
const retrySeconds = 30;

/**
 * Renews the token if the cluster has rejected it. kubectl does not report that, but it runs the plugin
 * again before the token expires only after a 401. So if the same process calls early and would get the
 * same token again, its token was rejected.
 * @throws {TpksError} `unauthenticated` if the cluster has also rejected the renewed token.
 * @see client-go, plugin/pkg/client/auth/exec/exec.go
 */
async function replaceRejectedToken(
  session: SelectedSession,
  parent: ParentProcess,
  findToken: FindToken,
  deps: ClusterCredentialsDeps,
): Promise<ClusterToken> {
  const { clock } = deps;
  const calls = await deps.calls(session.name);
  const lastCall = calls.findLast(parent);
  const isEarly = lastCall !== undefined && clock.now() < lastCall.renewAt;
  let token = await findToken();
  // If the hash differs, another process has already renewed the token.
  if (isEarly && hashToken(token.idToken) === lastCall.tokenHash) {
    const elapsed = clock.now().getTime() - lastCall.time.getTime();
    if (lastCall.isReplacement && elapsed < retrySeconds * 1000) {
      throw await markRepeated(rejectedError(session), session, parent, deps);
    }
    token = await findToken(token.idToken);
  }
  const time = clock.now();
  const call = {
    ...{ parent, time },
    tokenHash: hashToken(token.idToken),
    renewAt: truncateToSeconds(token.renewAt),
    isReplacement: isEarly,
  };
  calls.add(call, time);
  return token;
}

/** How long an error is not printed again for the same client. */
const knownSeconds = 60;

/**
 * Marks an error that was already printed for the same client. kubectl runs a failed plugin again, up to 5
 * times in a command, and shows its messages each time.
 */
async function markRepeated(
  error: unknown,
  session: SelectedSession,
  parent: ParentProcess | undefined,
  { calls: openCalls, clock }: ClusterCredentialsDeps,
): Promise<unknown> {
  if (parent === undefined || !isTpksError(error)) return error;
  const calls = await openCalls(session.name);
  const now = clock.now();
  const last = calls.findFailure(parent, error.kind);
  if (last !== undefined && now.getTime() - last.time.getTime() < knownSeconds * 1000) {
    return rewordError(error, { isRepeated: true });
  }
  calls.addFailure({ parent, kind: error.kind, time: now });
  return error;
}

/** Prompts for the password and replaces the session. */
async function logIn(session: SelectedSession, deps: ClusterCredentialsDeps): Promise<void> {
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

function rejectedError({ identity, uaa, command }: SelectedSession): TpksError {
  return new TpksError(
    'unauthenticated',
    `The cluster rejected the token of ${identity}, and also a renewed one. It may not accept tokens of ${uaa}: it uses another issuer, or OIDC is disabled`,
    { hint: `get new credentials: ${command}` },
  );
}
