import type { Clock } from '../clock.js';
import { TpksError } from '../errors.js';
import { jsonOrNothing } from '../http/decode.js';
import type { HttpResponse, Send } from '../http/send.js';
import { isRedirect, toFailure } from '../http/status-error.js';
import type { Secret } from '../secret.js';
import { createAuthorization } from './authorization.js';
import { toGrantError } from './grant-error.js';
import { readImplicitToken } from './implicit-token.js';
import type { Token } from './token.js';

/** Tokens for what a person answers to the prompts of a UAA. */
export interface PostedCredentials {
  /**
   * The implicit grant without a browser: one request, which takes the credentials along.
   * @param input.answers - by the name of the prompt, e.g. `username`.
   * @param input.redirectUri - redirect URI registered for the client; never opened.
   * @throws {TpksError} `unauthenticated` when the UAA rejects them; `failed` when the client may
   *   not do this, or not with this redirect URI.
   * @see uaa-api, section 6.3 (b)
   */
  readonly token: (input: {
    readonly answers: ReadonlyMap<string, string | Secret>;
    readonly redirectUri: string;
    readonly scope?: string | undefined;
  }) => Promise<Token>;
}

export interface PostedCredentialsDeps {
  /** The bare network to this UAA. */
  readonly send: Send;
  readonly uaa: string;
  readonly clientId: string;
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  readonly clock: Clock;
}

export function createPostedCredentials(deps: PostedCredentialsDeps): PostedCredentials {
  const { send, uaa, clientId, tokenFormat, clock } = deps;
  return {
    token: async ({ answers, redirectUri, scope }) => {
      const input = { clientId, responseType: 'token', redirectUri, scope, tokenFormat } as const;
      const authorization = await createAuthorization(input);
      // All of it in the body: addresses end up in logs.
      const body = new URLSearchParams({ ...authorization.parameters, source: 'credentials' });
      for (const [name, answer] of answers) {
        body.set(name, typeof answer === 'string' ? answer : answer.open());
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
      return readImplicitToken(readFragment(redirectUri, response), {
        authorization,
        date,
        now: clock.now(),
      });
    },
  };
}

/** What UAA wanted a browser to bring to the redirect URI. */
function readFragment(redirectUri: string, response: HttpResponse): URLSearchParams {
  const location = response.headers['location'] ?? '';
  const [target = '', fragment = ''] = location.split('#', 2);
  if (isRedirect(response) && target === redirectUri) return new URLSearchParams(fragment);
  // Where else it leads is not told: a token may stand in it.
  throw new TpksError('unavailable', 'The UAA did not answer the credentials with a token', {
    status: response.status,
    hint: 'check the address of the UAA: tpks uaa info',
  });
}

/** Instead of a token UAA may send what it would show a person; the credentials are in it. */
function isApprovalRequest(text: string): boolean {
  const body = jsonOrNothing(text);
  return typeof body === 'object' && body !== null && 'auth_request' in body;
}

function approvalRequiredError(clientId: string): TpksError {
  return new TpksError('failed', `The UAA wants a person to approve the client ${clientId}`, {
    hint:
      `use a browser: tpks uaa token implicit get -c ${clientId}\n` +
      'or let an administrator approve its scopes for everybody (autoapprove)',
  });
}

function redirectUriError(clientId: string, redirectUri: string): TpksError {
  return new TpksError(
    'failed',
    `The client ${clientId} is not registered with the redirect URI ${redirectUri}`,
    {
      status: 400,
      oauthError: 'invalid_grant',
      hint: `name one that it is registered with: --redirect-uri URI (tpks uaa client get ${clientId})`,
    },
  );
}
