import { appendFileSync, closeSync, openSync } from 'node:fs';
import type { SandboxRequest, SandboxResponse } from './router.js';

export type ServerName = 'uaa' | 'api' | 'broker';

export interface RequestLog {
  /** Wraps a server's handler: each answer becomes one line. */
  readonly around: (server: ServerName, handle: Handle) => Handle;
  readonly close: () => void;
}

type Handle = (request: SandboxRequest) => Promise<SandboxResponse>;

/**
 * One JSON line a request, without a secret: `server`, `method`, `path`, `status`, `grant`,
 * `client`, `ms`.
 * @param path - `undefined` keeps no log.
 */
export function createRequestLog(path: string | undefined): RequestLog {
  if (path === undefined) return { around: (_server, handle) => handle, close: () => undefined };
  const file = openSync(path, 'a', 0o600);
  return {
    around: (server, handle) => async (request) => {
      const startedAt = performance.now();
      const response = await handle(request);
      const line = {
        server,
        method: request.method,
        path: request.path,
        status: response.status,
        grant: grantOf(request),
        client: clientOf(request),
        ms: Math.round(performance.now() - startedAt),
      };
      // Written before the answer goes out, so that whoever has it can count.
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      return response;
    },
    close: () => {
      closeSync(file);
    },
  };
}

function grantOf(request: SandboxRequest): string | null {
  if (request.path !== '/oauth/token') return null;
  const form = new URLSearchParams(request.body);
  return form.has('passcode') ? 'passcode' : (form.get('grant_type') ?? null);
}

/** Who asks: the client of a form, of Basic credentials, or of the token that was sent. */
function clientOf({ path, body, headers }: SandboxRequest): string | null {
  const inForm = path === '/oauth/token' ? new URLSearchParams(body).get('client_id') : null;
  if (inForm !== null) return inForm;
  const [scheme = '', value = ''] = (headers['authorization'] ?? '').split(' ');
  if (scheme.toLowerCase() === 'basic') {
    return Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0] ?? null;
  }
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(value.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    const client: unknown =
      typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'client_id') : null;
    return typeof client === 'string' ? client : null;
  } catch {
    return null;
  }
}
