import { ErrorResponse, json, route, empty, type Route, type SandboxRequest } from '../router.js';
import {
  bearerCaller,
  insufficientScope,
  requestedZone,
  zoneAdministrators,
} from './oauth/bearer.js';
import { containerError } from './container.js';
import type { Realm } from './realm.js';
import type { JsonObject } from '../body.js';

/** `/identity-zones`, read-only: there is only one zone. */
export function identityZoneRoutes(realm: Realm): readonly Route[] {
  return [
    route('GET', '/identity-zones', async (request) => {
      await checkReader(request, realm, []);
      return json(200, [zoneToJson(realm)]);
    }),
    route('GET', '/identity-zones/:id', async (request, { id }) => {
      await checkReader(request, realm, ['zones.uaa.read']);
      if (id === 'uaa') return json(200, zoneToJson(realm));
      throw new ErrorResponse(empty(404));
    }),
  ];
}

async function checkReader(
  request: SandboxRequest,
  realm: Realm,
  more: readonly string[],
): Promise<void> {
  const { scope } = await bearerCaller(request, realm);
  const tried = ['uaa.admin', 'zones.read', 'zones.uaa.admin', ...more, 'zones.write'];
  if (!tried.some((name) => scope.includes(name))) throw insufficientScope(tried);
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
 * Rejects a request for an unknown identity zone: this server has only the zone `uaa`, whose
 * subdomain is empty.
 *
 * @throws ErrorResponse 404 for an unknown zone and 403 for a caller without rights in it, both without
 *   details; 401 for an invalid token.
 */
export async function checkZone(request: SandboxRequest, realm: Realm): Promise<void> {
  const zone = requestedZone(request);
  if (zone === undefined) return;
  const isSigned = /^bearer\s/i.test(request.headers['authorization'] ?? '');
  const scope = isSigned ? (await bearerCaller(request, realm)).scope : [];
  if (zone !== 'uaa') throw containerError(request, 404);
  if (!zoneAdministrators.some((name) => scope.includes(name))) throw containerError(request, 403);
}
