import type { Clock } from '../clock.js';
import { TpksError } from '../errors.js';
import { tryParseJson } from '../http/decode.js';
import type { HttpResponse, Send } from '../http/send.js';
import { isRedirect, toFailure } from '../http/status-error.js';
import type { Secret } from '../secret.js';
import { createAuthorization } from './authorization.js';
import { toGrantError } from './grant-error.js';
import { readImplicitToken } from './implicit-token.js';
import type { Token } from './token.js';

/** Requests tokens with the values that the user entered at the prompts of a UAA. */
export interface PostedCredentials {
  /**
   * Requests a token with the implicit grant without a browser: one request that contains the
   * credentials.
   * @param input.promptValues - by the name of the prompt, e.g. `username`.
   * @param input.redirectUri - a redirect URI of the client; it is never opened.
   * @throws {TpksError} `unauthenticated` if the UAA rejects the credentials; `failed` if the client
   *   is not allowed to use this grant or this redirect URI.
   * @see uaa-api, section 6.3 (b)
   */
  readonly token: (input: {
    readonly promptValues: ReadonlyMap<string, string | Secret>;
    readonly redirectUri: string;
    readonly scope?: string | undefined;
  }) => Promise<Token>;
}

export interface PostedCredentialsDeps {
  /** Sends requests to this UAA without a token, and returns error statuses as responses. */
  readonly send: Send;
  readonly uaa: string;
  readonly clientId: string;
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  readonly clock: Clock;
}

export function createPostedCredentials(deps: PostedCredentialsDeps): PostedCredentials {
  const { send, uaa, clientId, tokenFormat, clock } = deps;
  return {
    token: async ({ promptValues, redirectUri, scope }) => {
      const input = { clientId, responseType: 'token', redirectUri, scope, tokenFormat } as const;
      const authorization = await createAuthorization(input);
      // All parameters are in the body, because URLs are logged.
      const body = new URLSearchParams({ ...authorization.parameters, source: 'credentials' });
      for (const [name, value] of promptValues) {
        body.set(name, typeof value === 'string' ? value : value.reveal());
      }
      const request = {
        method: 'POST',
        url: `${uaa}/oauth/authorize`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: body.toString(),
      };
      const response = await send(request);
      const text = await response.text();
      if (response.status >= 400) {
        const failure = await toFailure(request, response, text);
        throw /^Invalid redirect /.test(failure.message)
          ? redirectUriError(clientId, redirectUri)
          : toGrantError(failure);
      }
      if (isApprovalRequest(text)) throw approvalRequiredError(clientId);
      const { date } = response.headers;
      return readImplicitToken(readFragment(response, { uaa, redirectUri }), {
        authorization,
        date,
        now: clock.now(),
      });
    },
  };
}

/** Reads the fragment of the redirect, which a browser would have delivered to the redirect URI. */
function readFragment(
  response: HttpResponse,
  { uaa, redirectUri }: { readonly uaa: string; readonly redirectUri: string },
): URLSearchParams {
  const location = response.headers['location'] ?? '';
  const [target = '', fragment = ''] = location.split('#', 2);
  if (isRedirect(response) && target === redirectUri) return new URLSearchParams(fragment);
  // The message does not contain the location, because it may contain a token.
  throw new TpksError(
    'unavailable',
    `${new URL(uaa).host} did not return a token for the credentials`,
    {
      status: response.status,
      hint: 'check the address of the UAA: tpks uaa info',
    },
  );
}

/** Whether the response is the data of the approval page. It contains the credentials. */
function isApprovalRequest(text: string): boolean {
  const body = tryParseJson(text);
  return typeof body === 'object' && body !== null && 'auth_request' in body;
}

function approvalRequiredError(clientId: string): TpksError {
  return new TpksError('failed', `The user must approve the client ${clientId} in a browser`, {
    hint:
      `log in with a browser: tpks uaa token implicit get -c ${clientId}\n` +
      'or ask an administrator to approve its scopes for all users (autoapprove)',
  });
}

function redirectUriError(clientId: string, redirectUri: string): TpksError {
  return new TpksError(
    'failed',
    `The redirect URI ${redirectUri} is not registered for the client ${clientId}`,
    {
      status: 400,
      oauthError: 'invalid_grant',
      hint: `use one of the client's redirect URIs: --redirect-uri URI; to list them: tpks uaa client get ${clientId}`,
    },
  );
}
