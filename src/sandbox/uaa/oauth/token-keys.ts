import { json, route } from '../../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../../router.js';
import { authenticateClient } from './client-auth.js';
import type { Realm } from '../realm.js';

/**
 * `/token_key` and `/token_keys`: the public key for checking tokens. Clients need not
 * authenticate, but wrong credentials are rejected.
 */
export function tokenKeyRoutes(realm: Realm): readonly Route[] {
  const { jwk } = realm.key;
  const etag = `"${String(realm.state.now())}"`;
  const respond = (request: SandboxRequest, body: unknown): SandboxResponse => {
    authenticateClient(request, realm, { form: false });
    const known = request.headers['if-none-match'];
    return known === etag || `"${known ?? ''}"` === etag
      ? { status: 304, headers: { etag }, body: '' }
      : json(200, body, { etag });
  };
  return [
    route('GET', '/token_key', (request) => respond(request, jwk)),
    route('GET', '/token_keys', (request) => respond(request, { keys: [jwk] })),
  ];
}
