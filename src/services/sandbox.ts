import type { AccessAsCode } from '../access/access.js';
import type { Grants } from '../auth/grants.js';
import type { TokenClient } from '../auth/request-token.js';
import type { Token } from '../auth/token.js';
import type { Clock } from '../clock.js';
import type { Environment } from '../config/environment.js';
import type { BearerDeps } from '../http/bearer.js';
import type { Send } from '../http/send.js';
import type { Servers } from '../http/time-limits.js';
import type { Sandbox, startSandbox } from '../sandbox/sandbox.js';
import { Secret } from '../secret.js';

export interface SandboxServices {
  readonly sandbox: () => Promise<typeof startSandbox>;
  /**
   * Creates access as code for a running sandbox, which uses the client `admin`.
   *
   * @returns undefined if that client no longer has its initial secret.
   */
  readonly sandboxAccess: (
    running: Pick<Sandbox, 'uaa' | 'caPem' | 'clients'>,
  ) => Promise<AccessAsCode | undefined>;
}

interface SandboxServicesDeps {
  readonly env: Environment;
  readonly clock: Clock;
  readonly untilInterrupted: () => Promise<void>;
  readonly send: (servers: Servers) => Promise<Send>;
  readonly grants: (client: TokenClient) => Promise<Grants>;
}

export function createSandboxServices(deps: SandboxServicesDeps): SandboxServices {
  const { env, clock, untilInterrupted, send, grants } = deps;

  /** Creates a function that sends requests with a token of the client, and renews rejected tokens. */
  const sendAsClient = async (client: TokenClient): Promise<Send> => {
    const [{ withBearer }, { withStatusErrors }, plainSend, { clientCredentials }] =
      await Promise.all([
        import('../http/bearer.js'),
        import('../http/status-error.js'),
        send(client),
        grants(client),
      ]);
    let token: Promise<Token> | undefined;
    const getAccessToken: BearerDeps['getAccessToken'] = async ({ rejected } = {}) => {
      const current = await (token ??= clientCredentials());
      if (current.accessToken !== rejected) return current.accessToken;
      return (await (token = clientCredentials())).accessToken;
    };
    return withStatusErrors(
      withBearer(plainSend, { getAccessToken, hosts: [client.uaa], loginCommand: '' }),
    );
  };

  return {
    sandbox: async () => (await import('../sandbox/sandbox.js')).startSandbox,
    sandboxAccess: async ({ uaa, caPem, clients }) => {
      const admin = clients.find(({ id }) => id === 'admin');
      if (admin === undefined) return undefined;
      const [{ createAccessAsCode }, adminSend] = await Promise.all([
        import('../access/access.js'),
        sendAsClient({
          ...{ uaa, caCert: caPem, skipTlsVerification: false },
          ...{ clientId: admin.id, clientSecret: new Secret(admin.secret) },
        }),
      ]);
      return createAccessAsCode({
        ...{ env, untilInterrupted },
        uaaContext: () => Promise.resolve({ uaa }),
        uaaResource: async (load) => (await load())(adminSend, uaa, clock),
      });
    },
  };
}
