import { ErrorResponse, json, type SandboxRequest } from '../router.js';
import { ask, basic } from '../wire.js';

/** The identity of a caller, according to the UAA. */
export interface Caller {
  /** User name, or client id of a token without a user: what owns clusters. */
  readonly name: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

/** Where and as whom the API asks about tokens. */
export interface TokenCheck {
  /** Base URL of the UAA. */
  readonly uaa: string;
  /** PEM of its authority; the system's are trusted if undefined. */
  readonly uaaCa: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Asks the UAA about the request's token, every time, as the API's own client.
 *
 * @throws {ErrorResponse} 401 when there is no token, or when the UAA does not take it.
 * @throws {Error} when the UAA does not answer, or does not answer as one.
 * @see pks-api, section 2; UAA's `/check_token`
 */
export async function callerOf(request: SandboxRequest, check: TokenCheck): Promise<Caller> {
  const token = /^bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (token === undefined) {
    throw unauthorized('unauthorized', 'Full authentication is required to access this resource');
  }
  const { uaa, uaaCa, clientId, clientSecret } = check;
  const url = `${uaa}/check_token`;
  const { status, body } = await ask({
    method: 'POST',
    url,
    headers: {
      authorization: basic(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ token }).toString(),
    ...(uaaCa !== undefined && { ca: uaaCa }),
  }).catch((error: unknown) => {
    throw new Error(`I/O error on POST request for "${url}": ${messageOf(error)}`);
  });
  const answer = parsed(body);
  if (status === 400) {
    const description = text(answer, 'error_description') ?? 'Cannot convert access token to JSON';
    throw unauthorized('invalid_token', description);
  }
  const caller = status === 200 ? toCaller(answer) : undefined;
  if (!caller) throw new Error(`The UAA answered POST "${url}" with ${String(status)}`);
  return caller;
}

function unauthorized(error: string, description: string): ErrorResponse {
  // What the UAA says may quote the token, and a header takes less than a body.
  const quoted = description.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
  const challenge = `Bearer realm="oauth2-resource", error="${error}", error_description="${quoted}"`;
  return new ErrorResponse(
    json(401, { error, error_description: description }, { 'www-authenticate': challenge }),
  );
}

function toCaller(claims: unknown): Caller | undefined {
  const clientId = text(claims, 'client_id');
  const scope = member(claims, 'scope');
  if (clientId === undefined || !Array.isArray(scope)) return undefined;
  const scopes = scope.filter((name): name is string => typeof name === 'string');
  return { name: text(claims, 'user_name') ?? clientId, clientId, scopes: new Set(scopes) };
}

function text(value: unknown, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Node's own errors are no `Error` in every realm, and some have no message but a code. */
function messageOf(error: unknown): string {
  const [message, code] = [text(error, 'message'), text(error, 'code')];
  return message !== undefined && message !== '' ? message : (code ?? String(error));
}
