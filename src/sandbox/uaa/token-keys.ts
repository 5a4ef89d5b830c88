import { json, route } from '../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../router.js';
import { authenticateClient } from './client-auth.js';
import type { Issue } from './token-issue.js';

/**
 * `/token_key` and `/token_keys`: the public key that tokens can be checked with. Nobody has to
 * say who they are, but a client that does must be right.
 */
export function tokenKeyRoutes(issue: Issue): readonly Route[] {
  const { jwk } = issue.key;
  const etag = `"${String(issue.state.now())}"`;
  const answer = (request: SandboxRequest, body: unknown): SandboxResponse => {
    authenticateClient(request, issue.state, { form: false });
    const known = request.headers['if-none-match'];
    return known === etag || `"${known ?? ''}"` === etag
      ? { status: 304, headers: { etag }, body: '' }
      : json(200, body, { etag });
  };
  return [
    route('GET', '/token_key', (request) => answer(request, jwk)),
    route('GET', '/token_keys', (request) => answer(request, { keys: [jwk] })),
  ];
}
