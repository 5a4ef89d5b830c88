import { setImmediate } from 'node:timers/promises';
import { withStatusErrors } from '../api/client/api-error.js';
import { errorMessage, TpksError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import { createAccessAsCode, type AccessAsCode } from '../domain/access-as-code/access.js';
import type { TokenClient } from '../domain/auth/request-token.js';
import type { Token } from '../domain/auth/token.js';
import { describeDiskError } from '../platform/disk/disk-error.js';
import { withBearer, type BearerDeps } from '../platform/http/bearer.js';
import type { Send } from '../platform/http/send.js';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.js';
import { withTraceOption } from './connect.js';
import type { CreateGrants } from './connected.js';
import type { Runtime } from './runtime.js';

type Respond = NonNullable<Sandbox['respondAsUaa']>;

export interface SandboxServices {
  readonly sandbox: typeof startSandbox;
  /** Access as code for a running sandbox; `undefined` if its client `admin` has a new secret. */
  readonly sandboxAccess: (
    running: Pick<Sandbox, 'uaa' | 'caPem' | 'clients' | 'respondAsUaa'>,
  ) => AccessAsCode | undefined;
}

interface SandboxServicesDeps extends Pick<
  Runtime,
  'env' | 'clock' | 'options' | 'terminal' | 'untilInterrupted'
> {
  readonly grants: CreateGrants;
}

export function createSandboxServices(deps: SandboxServicesDeps): SandboxServices {
  const { env, clock, untilInterrupted } = deps;

  /** Creates a function that sends requests with a token of the client, and renews rejected tokens. */
  const sendAsClient = (client: TokenClient, respond: Respond): Send => {
    const send = withTraceOption(createInternalSend(respond), deps);
    const { clientCredentials } = deps.grants(client);
    let token: Promise<Token> | undefined;
    const getAccessToken: BearerDeps['getAccessToken'] = async ({ rejected } = {}) => {
      const current = await (token ??= clientCredentials());
      if (current.accessToken !== rejected) return current.accessToken;
      return (await (token = clientCredentials())).accessToken;
    };
    return withStatusErrors(
      withBearer(send, { getAccessToken, hosts: [client.uaa], loginCommand: '' }),
    );
  };

  return {
    sandbox: async (options) => {
      const fail = (error: unknown): never => {
        throw translateSandboxError(error, options?.log);
      };
      const running = await startSandbox(options).catch(fail);
      return { ...running, close: () => running.close().catch(fail) };
    },
    sandboxAccess: ({ uaa, caPem, clients, respondAsUaa }) => {
      const admin = clients.find(({ id }) => id === 'admin');
      if (admin === undefined || respondAsUaa === undefined) return undefined;
      const client = {
        uaa,
        caCert: caPem,
        skipTlsVerification: false,
        clientId: admin.id,
        clientSecret: new Secret(admin.secret),
      };
      const send = sendAsClient(client, respondAsUaa);
      return createAccessAsCode({
        env,
        untilInterrupted,
        uaaContext: () => Promise.resolve({ uaa }),
        uaaResource: (create) => create(send, uaa, clock),
      });
    },
  };
}

/** Translates an error of the sandbox, which has its own error class. */
export function translateSandboxError(error: unknown, log?: string): TpksError {
  const path = findText(error, 'path');
  if (path !== undefined) {
    const hint =
      path === log
        ? 'use another file: tpks sandbox --log PATH'
        : 'use another folder: tpks sandbox --dir PATH';
    const problem = `Cannot write ${path}: ${describeDiskError(error)}`;
    return new TpksError('storage', problem, { hint, cause: error });
  }
  const kind = errorKinds.find((each) => each === findText(error, 'kind')) ?? 'failed';
  return new TpksError(kind, errorMessage(error), {
    hint: findText(error, 'advice') ?? 'run tpks sandbox --help to show the options',
    cause: error,
  });
}

/** The kinds of sandbox errors. The sandbox shares no types with the client. */
const errorKinds = ['storage', 'unauthenticated', 'unavailable', 'untrusted'] as const;

function findText(error: unknown, name: 'path' | 'advice' | 'kind'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const members: Readonly<Record<string, unknown>> = { ...error };
  return typeof members[name] === 'string' ? members[name] : undefined;
}

/** Sends requests to a server in this process. TLS and HTTP would take most of the time of a seed. */
function createInternalSend(respond: Respond): Send {
  return async ({ method, url, headers, body = '' }) => {
    const { host, pathname, search } = new URL(url);
    const bytes = Buffer.from(body);
    const response = await respond({
      method,
      url: `${pathname}${search}`,
      body: bytes,
      headers: { host, ...headers, 'content-length': String(bytes.length) },
    });
    // Without this, Ctrl-C and the requests of other programs would wait for the end of the seed.
    await setImmediate();
    return {
      status: response.status,
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
      ),
      text: () => Promise.resolve(response.body),
      async *stream() {
        yield await Promise.resolve(Buffer.from(response.body));
      },
    };
  };
}
