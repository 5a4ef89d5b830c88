import { ErrorResponse, json, route, empty, type Route, type SandboxRequest } from '../router.js';
import {
  authenticateCaller,
  insufficientScopeError,
  readRequestedZone,
  zoneAdminScopes,
} from './oauth/bearer.js';
import { containerError, errorPageResponse } from './servlet-container.js';
import type { Realm } from './realm.js';
import type { JsonObject } from '../body.js';

/**
 * Creates the routes below `/identity-zones`. The sandbox has only the default zone and cannot
 * change it.
 */
export function identityZoneRoutes(realm: Realm): readonly Route[] {
  return [
    route('GET', '/identity-zones', async (request) => {
      await checkReadScope(request, realm, []);
      return json(200, [zoneToJson(realm)]);
    }),
    route('GET', '/identity-zones/:id', async (request, { id }) => {
      await checkReadScope(request, realm, ['zones.uaa.read']);
      if (id === 'uaa') return json(200, zoneToJson(realm));
      throw new ErrorResponse(empty(404));
    }),
  ];
}

async function checkReadScope(
  request: SandboxRequest,
  realm: Realm,
  extraScopes: readonly string[],
): Promise<void> {
  const { scope } = await authenticateCaller(request, realm);
  const acceptedScopes = [
    'uaa.admin',
    'zones.read',
    'zones.uaa.admin',
    ...extraScopes,
    'zones.write',
  ];
  if (!acceptedScopes.some((name) => scope.includes(name)))
    throw insufficientScopeError(acceptedScopes);
}

function zoneToJson({ settings, state, key }: Realm): JsonObject {
  const { issuer, accessSeconds, refreshSeconds } = settings;
  return {
    id: 'uaa',
    subdomain: '',
    config: {
      tokenPolicy: {
        accessTokenValidity: accessSeconds,
        refreshTokenValidity: refreshSeconds,
        jwtRevocable: false,
        refreshTokenUnique: false,
        refreshTokenFormat: 'jwt',
        activeKeyId: key.id,
      },
      links: {
        logout: { redirectUrl: '/login', redirectParameterName: 'redirect' },
        selfService: { selfServiceLinksEnabled: true, signup: null, passwd: null },
      },
      prompts: [
        { name: 'username', type: 'text', text: 'Email' },
        { name: 'password', type: 'password', text: 'Password' },
        {
          name: 'passcode',
          type: 'password',
          text: `Temporary Authentication Code ( Get one at ${issuer}/passcode )`,
        },
      ],
      idpDiscoveryEnabled: false,
      accountChooserEnabled: false,
      userConfig: {
        defaultGroups: state.groups
          .all()
          .map(({ displayName }) => displayName)
          .filter(state.groups.isDefault),
      },
    },
    name: 'uaa',
    version: 1,
    description: 'The system zone for backwards compatibility',
    created: Date.UTC(2000, 0, 1),
    active: true,
    last_modified: Date.UTC(2000, 0, 1),
  };
}

/**
 * Rejects requests for an unknown host, which the real server takes for an unknown zone.
 *
 * @throws ErrorResponse 404 without a description.
 */
export function checkHost(request: SandboxRequest, { settings }: Realm): void {
  const name = request.headers['host']?.toLowerCase().replace(/:\d*$/, '');
  const names = ['localhost', '127.0.0.1', new URL(settings.issuer).hostname];
  if (name === undefined || names.includes(name) || /^\/healthz(\/|$)/.test(request.path)) return;
  throw new ErrorResponse({ ...errorPageResponse(request, 404), rendering: 'escaped' });
}

/**
 * Rejects requests for unknown identity zones. The sandbox has only the zone `uaa`, whose subdomain
 * is empty.
 *
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the token is invalid.
 */
export async function checkZone(request: SandboxRequest, realm: Realm): Promise<void> {
  const zone = readRequestedZone(request);
  if (zone === undefined) return;
  const hasBearerToken = /^bearer\s/i.test(request.headers['authorization'] ?? '');
  const scope = hasBearerToken ? (await authenticateCaller(request, realm)).scope : [];
  if (zone !== 'uaa') throw containerError(request, 404);
  if (!zoneAdminScopes.some((name) => scope.includes(name))) throw containerError(request, 403);
}
