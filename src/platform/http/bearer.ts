import { TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { hostOf } from '../../base/pks-conventions.js';
import type { Secret } from '../../base/secret.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';

export interface BearerDeps {
  readonly getAccessToken: (options?: { readonly rejected?: Secret }) => Promise<Secret>;
  /** URLs of the servers that the token may be sent to; only their origins matter. */
  readonly hosts: readonly string[];
  /** The login command to show in the hint. */
  readonly loginCommand: string;
  /** The hint if the server rejects a new token too, for identities that a new login does not help. */
  readonly rejectionHint?: string | undefined;
  /** E.g. `The session of cody@api.example.com`; if absent, errors have the wording of the original CLI. */
  readonly sessionTitle?: string | undefined;
}

/**
 * Adds the access token to requests. After `invalid_token` (400 or 401), renews it and sends the request
 * once more.
 * @throws {TpksError} `untrusted` for any other origin; `unauthenticated` if the new token is rejected too.
 */
export function withBearer(send: Send, deps: BearerDeps): Send {
  const { getAccessToken, hosts, loginCommand, rejectionHint, sessionTitle } = deps;
  const origins = new Set(hosts.map((host) => new URL(host).origin));
  const servers = new Set(hosts.map((host) => `https://${hostOf(host)}`));
  return async (request) => {
    const { origin } = new URL(request.url);
    if (!origins.has(origin)) {
      throw new TpksError(
        'untrusted',
        `The access token is not valid for ${origin}; nothing was sent`,
        {
          hint: `the token of this context is sent only to ${[...servers].join(' and ')}`,
        },
      );
    }
    const token = await getAccessToken();
    const first = await detectInvalidToken(await send(addBearerToken(request, token)));
    if (!first.isRejected) return first.response;
    const second = await detectInvalidToken(
      await send(addBearerToken(request, await getAccessToken({ rejected: token }))),
    );
    if (!second.isRejected) return second.response;
    const { status } = second.response;
    const details = { status, oauthError: 'invalid_token' };
    if (sessionTitle !== undefined) {
      const message = `${sessionTitle} has ended (the server also rejected a new token)`;
      throw new TpksError('unauthenticated', message, {
        ...details,
        hint: rejectionHint ?? loginCommand,
      });
    }
    throw new TpksError('unauthenticated', notAuthenticatedMessage, {
      ...details,
      hint: rejectionHint ?? `${loginCommand} (the server also rejected a new token)`,
    });
  };
}

/** The wording of the original CLI, kept because scripts match on it. */
export const notAuthenticatedMessage =
  'You are not currently authenticated. Please log in to continue';

function addBearerToken(request: HttpRequest, token: Secret): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token.reveal()}` } };
}

async function detectInvalidToken(
  response: HttpResponse,
): Promise<{ readonly isRejected: boolean; readonly response: HttpResponse }> {
  if (response.status !== 400 && response.status !== 401) return { isRejected: false, response };
  const text = await response.text();
  return { isRejected: hasInvalidTokenError(response, text), response: withText(response, text) };
}

/** The response to a HEAD request has no body, so the header is checked as well. */
function hasInvalidTokenError({ headers }: HttpResponse, text: string): boolean {
  const body = tryParseJson(text);
  const isInBody = isObject(body) && body['error'] === 'invalid_token';
  return isInBody || (headers['www-authenticate'] ?? '').includes('error="invalid_token"');
}

/** Returns a response whose body can be read again. @param text - the body, which has already been read. */
function withText(response: HttpResponse, text: string): HttpResponse {
  return {
    status: response.status,
    headers: response.headers,
    text: () => Promise.resolve(text),
    stream: async function* () {
      yield await Promise.resolve(Buffer.from(text));
    },
  };
}
