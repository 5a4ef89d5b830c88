import { errorMessage, TpksError } from '../base/errors.js';
import { once } from '../base/lazy.js';
import { Secret } from '../base/secret.js';
import { createAccessAsCode } from '../domain/access-as-code/access.js';
import { describeDiskError } from '../platform/disk/disk-error.js';
import type { Send } from '../platform/http/send.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.js';
import type { RequestServices } from './request-services.js';
import type { Runtime } from './runtime.js';

export type SandboxServices = ReturnType<typeof createSandboxServices>;

interface SandboxServicesDeps
  extends
    Pick<Runtime, 'env' | 'clock' | 'untilInterrupted'>,
    Pick<RequestServices, 'connect' | 'grants'> {}

export function createSandboxServices(deps: SandboxServicesDeps) {
  const { env, clock, untilInterrupted } = deps;

  return {
    sandbox: async (options?: SandboxOptions): Promise<Sandbox> => {
      const fail = (error: unknown): never => {
        throw translateSandboxError(error, options?.log);
      };
      const running = await startSandbox(options).catch(fail);
      return { ...running, close: () => running.close().catch(fail) };
    },
    /** Access as code for a running sandbox; `undefined` if its client `admin` has a new secret. */
    sandboxAccess: ({ uaa, caPem, clients }: Pick<Sandbox, 'uaa' | 'caPem' | 'clients'>) => {
      const admin = clients.find(({ id }) => id === 'admin');
      if (admin === undefined) return undefined;
      const target = { uaa, caCert: caPem, skipTlsVerification: false };
      const client = { ...target, clientId: admin.id, clientSecret: new Secret(admin.secret) };
      const requestToken = once(() => deps.grants(client).clientCredentials());
      const send: Send = async (request) => {
        const { accessToken: auth } = await requestToken();
        return deps.connect(target, { auth, explain: () => undefined })(request);
      };
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
