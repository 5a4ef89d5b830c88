import type { SandboxRequest } from '../router.js';

/** Scopes that are sufficient if a header names the zone `uaa`. */
export const zoneAdministrators: readonly string[] = [
  'uaa.admin',
  'zones.uaa.admin',
  'zones.uaa.read',
];

/** If a header names a zone, only the caller's scopes for zones count. */
export function scopeInZone(request: SandboxRequest, scope: readonly string[]): readonly string[] {
  if (requestedZone(request) === undefined) return scope;
  return scope.filter((name) => zoneAdministrators.includes(name));
}

/** The id takes precedence over the subdomain; empty headers are ignored. */
export function requestedZone({ headers }: SandboxRequest): string | undefined {
  const id = headers['x-identity-zone-id'];
  const subdomain = headers['x-identity-zone-subdomain'];
  return id || (subdomain ? `subdomain ${subdomain}` : undefined);
}
