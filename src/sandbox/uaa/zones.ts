import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.js';
import { json, route, type Route, type SandboxRequest } from '../router.js';
import type { Storage } from '../storage.js';
import { emptyError } from './errors.js';
import type { Realm, Zone } from './realm.js';
import { createState, type State } from './store/state.js';

export const defaultZone: Zone = {
  id: 'uaa',
  subdomain: '',
  name: 'uaa',
  description: 'The system zone for backwards compatibility',
};

/** The zones of the sandbox. Requests select the second one with a header. */
const zones: readonly Zone[] = [
  defaultZone,
  { id: 'dev-zone', subdomain: 'dev', name: 'dev', description: 'A zone for tests' },
];

/** Creates the routes that list and show zones. @see UAA 77 `IdentityZoneEndpoints` */
export function createZoneRoutes(realm: Realm): readonly Route[] {
  const visibleZones = zones.filter(({ id }) => realm.zone === defaultZone || id === realm.zone.id);
  const toJson = ({ id, subdomain, name, description }: Zone): JsonObject => ({
    id,
    subdomain,
    config: createZoneConfig(id === defaultZone.id, realm),
    name,
    version: id === defaultZone.id ? 1 : 0,
    description,
    created: createdAt,
    active: true,
    last_modified: createdAt,
  });
  return [
    route('GET', '/identity-zones', () => json(200, visibleZones.map(toJson))),
    route('GET', '/identity-zones/:id', (_, params) => {
      const zone = visibleZones.find(({ id }) => id === params['id']);
      if (!zone) throw emptyError(404);
      return json(200, toJson(zone));
    }),
  ];
}

const createdAt = Date.UTC(2000, 0, 1);

/** Finds the zone in the headers of a request. The ID takes precedence; empty headers are ignored. */
export function findRequestedZone({ headers }: SandboxRequest): Zone | 'unknown' | undefined {
  const id = headers['x-identity-zone-id'];
  const subdomain = headers['x-identity-zone-subdomain']?.toLowerCase();
  if (!id && !subdomain) return undefined;
  return zones.find((zone) => (id ? zone.id === id : zone.subdomain === subdomain)) ?? 'unknown';
}

/** Scopes for a zone, without the prefix `zones.ID.`. */
const zoneScopes = [
  'admin',
  'read',
  'clients.admin',
  'clients.read',
  'clients.write',
  'scim.read',
  'scim.write',
  'scim.create',
  'idps.read',
  'idps.write',
];

/**
 * If a header selects a zone, keeps only `uaa.admin` and the scopes for this zone, without their
 * prefix.
 * @see UAA 77 `IdentityZoneSwitchingFilter`
 */
export function limitScopeToZone(
  request: SandboxRequest,
  scopes: readonly string[],
): readonly string[] {
  const zone = findRequestedZone(request);
  if (zone === undefined) return scopes;
  const prefix = zone === 'unknown' ? 'zones..' : `zones.${zone.id}.`;
  return scopes.flatMap((name) => {
    if (name === 'uaa.admin') return [name];
    const ownScope = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (!zoneScopes.includes(ownScope)) return [];
    // The rules contain these two scopes with the prefix of the default zone.
    return ownScope === 'admin' || ownScope === 'read' ? [`zones.uaa.${ownScope}`] : [ownScope];
  });
}

/** Creates the realm of a zone. Its callers use tokens of the default zone. */
export function createZoneRealm(zone: Zone, callers: Realm, storage: Storage): Realm {
  const zoneStorage: Storage = {
    ...storage,
    collection: (declaration) =>
      storage.collection({ ...declaration, name: `${zone.id} ${declaration.name}` }),
  };
  const { state: callerState, settings } = callers;
  const defaultGroups = new Set(newZoneGroups);
  const state = createState(callerState.now, defaultGroups, settings.behaviour, zoneStorage);
  if (state.groups.size() === 0) seedZone(state);
  return { ...callers, state, zone, callers };
}

/** The groups that every user of a new zone belongs to. */
const newZoneGroups: readonly string[] = [
  'openid',
  'password.write',
  'uaa.user',
  'approvals.me',
  'profile',
  'roles',
  'user_attributes',
  'uaa.offline_token',
];

/** The groups of a new zone to which its administrators can add users. */
const systemGroups: readonly string[] = [
  'sps.write',
  'sps.read',
  'idps.read',
  'idps.write',
  'clients.admin',
  'clients.write',
  'clients.read',
  'clients.secret',
  'scim.write',
  'scim.read',
  'scim.create',
  'scim.userids',
  'scim.zones',
  'groups.update',
  'oauth.login',
  'uaa.admin',
];

function seedZone({ now, groups, providers }: State): void {
  const time = now();
  for (const displayName of [...systemGroups, ...newZoneGroups]) {
    groups.put({ id: randomUUID(), displayName, version: 0, createdAt: time, modifiedAt: time });
  }
  for (const { id, originKey } of providers.all()) if (originKey !== 'uaa') providers.delete(id);
}

/**
 * Creates the settings of a zone, without private keys.
 * @param isDefault - whether it is the default zone, in which the server's own settings apply.
 */
function createZoneConfig(isDefault: boolean, { settings, state, key }: Realm): JsonObject {
  const { issuer, accessSeconds, refreshSeconds, behaviour } = settings;
  const { hasMfa, hasOpaqueRefreshTokens } = behaviour;
  const samlKey = 'legacy-saml-key';
  const secretMinimum = isDefault ? 0 : -1;
  const groups = state.groups.all().map(({ displayName }) => displayName);
  return {
    clientSecretPolicy: {
      minLength: secretMinimum,
      maxLength: isDefault ? 255 : -1,
      requireUpperCaseCharacter: secretMinimum,
      requireLowerCaseCharacter: secretMinimum,
      requireDigit: secretMinimum,
      requireSpecialCharacter: secretMinimum,
    },
    tokenPolicy: {
      accessTokenValidity: isDefault ? accessSeconds : -1,
      refreshTokenValidity: isDefault ? refreshSeconds : -1,
      jwtRevocable: false,
      refreshTokenUnique: false,
      ...(hasOpaqueRefreshTokens && { refreshTokenRotate: false }),
      refreshTokenFormat: hasOpaqueRefreshTokens ? 'opaque' : 'jwt',
      activeKeyId: isDefault ? key.id : null,
    },
    samlConfig: {
      ...(hasMfa && {
        assertionSigned: true,
        wantAuthnRequestSigned: false,
        assertionTimeToLiveSeconds: 600,
      }),
      requestSigned: true,
      wantAssertionSigned: true,
      ...(isDefault && { activeKeyId: samlKey, certificate: null }),
      keys: isDefault ? { [samlKey]: { certificate: null } } : {},
      disableInResponseToCheck: false,
    },
    corsPolicy: { xhrConfiguration: corsConfig, defaultConfiguration: corsConfig },
    links: {
      logout: {
        redirectUrl: '/login',
        redirectParameterName: 'redirect',
        disableRedirectParameter: false,
        whitelist: null,
      },
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
      defaultGroups: isDefault ? groups.filter(state.groups.isDefault) : newZoneGroups,
      ...(hasOpaqueRefreshTokens && {
        allowOriginLoop: true,
        checkOriginEnabled: false,
        maxUsers: -1,
      }),
    },
    ...(hasMfa && { mfaConfig: { enabled: false, identityProviders: ['uaa', 'ldap'] } }),
  };
}

const corsConfig = {
  allowedOrigins: ['.*'],
  allowedOriginPatterns: [],
  allowedUris: ['.*'],
  allowedUriPatterns: [],
  allowedHeaders: ['Accept', 'Authorization', 'Content-Type'],
  allowedMethods: ['GET'],
  allowedCredentials: false,
  maxAge: 1_728_000,
};
