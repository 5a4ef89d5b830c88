import { TpksError } from '../errors.js';
import { isObject } from '../json-value.js';
import { withText } from './body.js';
import { jsonOrNothing } from './decode.js';
import type { Secret } from '../secret.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';

export interface BearerDeps {
  readonly accessToken: (options?: { readonly rejected?: Secret }) => Promise<Secret>;
  /** Origins that may see the token. */
  readonly hosts: readonly string[];
  /** The command that starts a new session, for the hint. */
  readonly loginCommand: string;
}

/**
 * Adds the access token to requests. After `invalid_token` (400 or 401), the token is renewed and the
 * request is sent once more.
 * @throws {TpksError} `untrusted` for any other host; `unauthenticated` when the new token is
 *   rejected too.
 */
export function withBearer(send: Send, { accessToken, hosts, loginCommand }: BearerDeps): Send {
  const origins = new Set(hosts.map((host) => new URL(host).origin));
  return async (request) => {
    const { origin } = new URL(request.url);
    if (!origins.has(origin)) {
      throw new TpksError('untrusted', `The token is not for ${origin}: nothing was sent`, {
        hint: `this context’s token is only sent to ${[...origins].join(' and ')}`,
      });
    }
    const token = await accessToken();
    const first = await detectInvalidToken(await send(addBearerToken(request, token)));
    if (!first.refused) return first.response;
    const second = await detectInvalidToken(
      await send(addBearerToken(request, await accessToken({ rejected: token }))),
    );
    if (!second.refused) return second.response;
    throw new TpksError('unauthenticated', notAuthenticated, {
      hint: `${loginCommand} (the server rejects even a new token)`,
      status: second.response.status,
      oauthError: 'invalid_token',
    });
  };
}

/** The wording of the original, which scripts match. */
export const notAuthenticated = 'You are not currently authenticated. Please log in to continue';

function addBearerToken(request: HttpRequest, token: Secret): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token.open()}` } };
}

async function detectInvalidToken(
  response: HttpResponse,
): Promise<{ readonly refused: boolean; readonly response: HttpResponse }> {
  if (response.status !== 400 && response.status !== 401) return { refused: false, response };
  const text = await response.text();
  return { refused: hasInvalidTokenError(response, text), response: withText(response, text) };
}

/** The response to a HEAD request has no body, so the header is checked as well. */
function hasInvalidTokenError({ headers }: HttpResponse, text: string): boolean {
  const body = jsonOrNothing(text);
  const inBody = isObject(body) && body['error'] === 'invalid_token';
  return inBody || (headers['www-authenticate'] ?? '').includes('error="invalid_token"');
}
