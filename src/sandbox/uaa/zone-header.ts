import type { SandboxRequest } from '../router.js';

/** Scopes that let their bearer act in the zone `uaa` when a header names it. */
export const zoneAdministrators: readonly string[] = [
  'uaa.admin',
  'zones.uaa.admin',
  'zones.uaa.read',
];

/** In a zone that a header named, a caller has no scopes but those that are about zones. */
export function scopeInZone(request: SandboxRequest, scope: readonly string[]): readonly string[] {
  if (wantedZone(request) === undefined) return scope;
  return scope.filter((name) => zoneAdministrators.includes(name));
}

/** The id wins over the subdomain; empty headers say nothing. */
export function wantedZone({ headers }: SandboxRequest): string | undefined {
  const id = headers['x-identity-zone-id'];
  const subdomain = headers['x-identity-zone-subdomain'];
  return id || (subdomain ? `subdomain ${subdomain}` : undefined);
}
