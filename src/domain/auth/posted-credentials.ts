import { toFailure, isRedirect } from '../../api/client/api-error.js';
import type { Clock } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import { tryParseJson } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import type { HttpResponse, Send } from '../../platform/http/send.js';
import { createAuthorization, readImplicitToken } from './authorization-request.js';
import { toGrantError } from './grants.js';
import type { Token } from './token.js';

export interface PostedCredentials {
  readonly uaa: string;
  readonly clientId: string;
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  /** By the name of the prompt, e.g. `username`. */
  readonly promptValues: ReadonlyMap<string, string | Secret>;
  /** A redirect URI of the client; it is never opened. */
  readonly redirectUri: string;
  readonly scope?: string | undefined;
}

/**
 * Requests a token with the implicit grant without a browser: one request that contains the credentials.
 * @param deps.send - sends requests without a token, and returns error statuses as responses.
 * @throws {TpksError} `unauthenticated`; `failed` if the client may not use this grant or redirect URI.
 * @see docs/contributing/servers/uaa.md#posted-credentials
 */
export async function postCredentials(
  { uaa, promptValues, ...input }: PostedCredentials,
  { send, clock }: { readonly send: Send; readonly clock: Clock },
): Promise<Token> {
  const { clientId, redirectUri } = input;
  const authorization = await createAuthorization({ ...input, responseType: 'token' });
  // All parameters are in the body, because URLs are logged.
  const body = new URLSearchParams({ ...authorization.parameters, source: 'credentials' });
  for (const [name, value] of promptValues) {
    body.set(name, typeof value === 'string' ? value : value.reveal());
  }
  const request = {
    method: 'POST',
    url: `${uaa}/oauth/authorize`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
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
  return readImplicitToken(readFragment(response, { uaa, redirectUri }), authorization, {
    date: response.headers['date'],
    now: clock.now(),
  });
}

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
    { status: response.status, hint: 'check the address of the UAA: tpks uaa info' },
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
