import type { ClientInput } from './json.js';
import { invalidClientError } from './validation.js';

/** Scopes of the UAA itself that exist in each zone. @see UAA 4.30.0 `ZoneManagementScopes` */
export const systemScopes: readonly string[] = [
  ...['sps.write', 'sps.read', 'idps.read', 'idps.write'],
  ...['clients.admin', 'clients.write', 'clients.read', 'clients.secret'],
  ...['scim.write', 'scim.read', 'scim.create', 'scim.userids', 'scim.zones'],
  ...['groups.update', 'password.write', 'oauth.login', 'uaa.admin'],
];

/** All scopes of the UAA itself. `*` stands for the id of a zone. */
export const uaaScopes: readonly string[] = [
  'zones.read',
  'zones.write',
  'zones.*.admin',
  'zones.*.read',
  'zones.*.clients.admin',
  'zones.*.clients.read',
  'zones.*.clients.write',
  'zones.*.scim.create',
  'zones.*.scim.read',
  'zones.*.scim.write',
  'zones.*.idps.read',
  'zones.*.idps.write',
  'zones.*.sps.write',
  'zones.*.sps.read',
  ...systemScopes,
];

/** Rejects scopes and authorities of the UAA itself. @throws ErrorResponse 400 `invalid_client`. */
export function checkRestrictedScopes({ scopes, authorities }: ClientInput): void {
  const scope = scopes.find(isUaaScope);
  if (scope !== undefined) throw invalidClientError(`${scope} is a restricted scope.`);
  const authority = authorities.find(isUaaScope);
  if (authority !== undefined) throw invalidClientError(`${authority} is a restricted authority.`);
}

function isUaaScope(scope: string): boolean {
  return uaaScopes.includes(scope.replace(/^zones\.[^.]+\./, 'zones.*.'));
}
