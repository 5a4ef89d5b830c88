import { json, type SandboxRequest, type SandboxResponse } from '../router.js';
import { ask } from '../wire.js';

/** Who calls, as the UAA says. */
export interface Caller {
  /** User name, or client id of a token without a user: what owns clusters. */
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

export interface TokenCheck {
  /** Base URL of the UAA. */
  readonly uaa: string;
  /** PEM of its authority; the system's are trusted if absent. */
  readonly uaaCa: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A caller, or the answer to one that is none. */
export type Checked =
  | { readonly caller: Caller; readonly refusal?: undefined }
  | { readonly caller?: undefined; readonly refusal: SandboxResponse };

/**
 * Asks the UAA about the request's token, every time, as the API's own client.
 * @see pks-api, section 2
 */
export async function checkCaller(request: SandboxRequest, check: TokenCheck): Promise<Checked> {
  const token = /^bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) {
    return {
      refusal: oauthError(
        'unauthorized',
        'Full authentication is required to access this resource',
      ),
    };
  }
  const { uaa, uaaCa, clientId, clientSecret } = check;
  const answer = await ask({
    method: 'POST',
    url: `${uaa}/check_token`,
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ token }).toString(),
    ...(uaaCa === undefined ? {} : { ca: uaaCa }),
  }).catch(() => undefined);
  // Without its UAA the API can do nothing at all. @see pks-api, section 2
  if (answer === undefined)
    return { refusal: springError('I/O error on POST request for /check_token') };
  if (answer.status === 400) return { refusal: invalidToken(answer.body) };
  if (answer.status !== 200) {
    return { refusal: springError(`${String(answer.status)} from /check_token`) };
  }
  const caller = toCaller(answer.body);
  return caller === undefined
    ? { refusal: springError('unreadable answer of /check_token') }
    : { caller };
}

export function springError(message: string): SandboxResponse {
  return json(500, {
    status: 500,
    error: 'Internal Server Error',
    message,
  });
}

function invalidToken(body: string): SandboxResponse {
  const description: unknown = member(parsed(body), 'error_description');
  return oauthError(
    'invalid_token',
    typeof description === 'string' ? description : 'Invalid token',
  );
}

function oauthError(error: string, description: string): SandboxResponse {
  return json(
    401,
    { error, error_description: description },
    {
      'www-authenticate': `Bearer realm="pks", error="${error}", error_description="${description}"`,
    },
  );
}

function toCaller(body: string): Caller | undefined {
  const claims = parsed(body);
  const name: unknown = member(claims, 'user_name') ?? member(claims, 'client_id');
  const scope: unknown = member(claims, 'scope');
  if (typeof name !== 'string' || !Array.isArray(scope)) return undefined;
  return { name, scopes: new Set(scope.map(String)) };
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
