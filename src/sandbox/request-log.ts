import { appendFileSync, closeSync, openSync } from 'node:fs';
import { withPath } from './files.js';
import { isObject, parseJson } from './json.js';
import type { Exchange } from './listen.js';
import type { SandboxRequest } from './router.js';

export type ServerName = 'uaa' | 'api' | 'kubernetes';

export interface RequestLog {
  readonly createRecorder: (server: ServerName) => (exchange: Exchange) => void;
  readonly close: () => void;
}

/**
 * Appends one JSON line per request, with the members `server`, `method`, `path` (without query),
 * `status`, `grant`, `client` and `ms`. Unknown values are null. The log contains no secrets.
 * @param path - log file, which is created with mode 0600; if undefined, nothing is logged.
 * @throws {Error} from node:fs if the file cannot be opened.
 */
export function createRequestLog(path: string | undefined): RequestLog {
  if (path === undefined) return { createRecorder: () => () => undefined, close: () => undefined };
  const file = openSync(path, 'a', 0o600);
  let isOpen = true;
  return {
    createRecorder:
      (server) =>
      ({ request, response, milliseconds }) => {
        const line = {
          server,
          method: request.method,
          path: redactTokens(request.path),
          status: response.status,
          grant: readGrant(request),
          client: response.client ?? readClient(request),
          ms: Math.round(milliseconds),
        };
        // Written synchronously, so that the line exists when the client receives the response.
        // After `close`, the descriptor may belong to another file.
        if (isOpen) withPath(path, () => appendFileSync(file, `${JSON.stringify(line)}\n`));
      },
    close: () => {
      isOpen = false;
      closeSync(file);
    },
  };
}

const knownGrants = new Set([
  'authorization_code',
  'client_credentials',
  'password',
  'refresh_token',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
]);

function readGrant({ path, query, body }: SandboxRequest): string | null {
  if (path !== '/oauth/token') return null;
  const fields = new URLSearchParams(body);
  if (fields.has('passcode')) return 'passcode';
  const grant = fields.get('grant_type') ?? query.get('grant_type');
  // A faulty client may send anything here, even a password.
  return grant === null || knownGrants.has(grant) ? grant : 'unknown';
}

/** Returns the client ID from the form, Basic credentials or token claims, without verifying it. */
function readClient({ path, body, headers }: SandboxRequest): string | null {
  const formClient = path === '/oauth/token' ? new URLSearchParams(body).get('client_id') : null;
  if (formClient !== null) return formClient;
  const [, scheme = '', credentials = ''] =
    /^(\w+)\s+(.*)$/.exec(headers['authorization'] ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return readTokenClient(credentials);
  if (scheme.toLowerCase() !== 'basic') return null;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  // Text without a colon is not logged, because it could be a secret.
  return /^([^:]+):/.exec(pair)?.[1] ?? null;
}

function readTokenClient(token: string): string | null {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const client = isObject(claims) ? claims['client_id'] : null;
  return typeof client === 'string' ? client : null;
}

/** Hides token IDs in revocation paths, because the ID of an opaque token is the token itself. */
function redactTokens(path: string): string {
  return path.replace(/^(\/oauth\/token\/revoke\/)(?!client\/|user\/).+/, '$1•••');
}
