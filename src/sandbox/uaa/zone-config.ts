import type { JsonObject } from '../body.js';
import type { Realm } from './realm.js';
import { newZoneGroups } from './zones.js';

/**
 * Creates the settings of a zone, without private keys.
 *
 * @param isDefault - whether it is the default zone, in which the server's own settings apply.
 */
export function createZoneConfig(isDefault: boolean, { settings, state, key }: Realm): JsonObject {
  const { issuer, accessSeconds, refreshSeconds, behaviour } = settings;
  const { hasMfa, hasOpaqueRefreshTokens: isLater } = behaviour;
  const samlKey = 'legacy-saml-key';
  return {
    clientSecretPolicy: {
      minLength: isDefault ? 0 : -1,
      maxLength: isDefault ? 255 : -1,
      requireUpperCaseCharacter: isDefault ? 0 : -1,
      requireLowerCaseCharacter: isDefault ? 0 : -1,
      requireDigit: isDefault ? 0 : -1,
      requireSpecialCharacter: isDefault ? 0 : -1,
      ...(isLater && { expireSecretInMonths: isDefault ? 0 : -1 }),
    },
    tokenPolicy: {
      accessTokenValidity: isDefault ? accessSeconds : -1,
      refreshTokenValidity: isDefault ? refreshSeconds : -1,
      jwtRevocable: false,
      refreshTokenUnique: false,
      ...(isLater && { refreshTokenRotate: false }),
      refreshTokenFormat: isLater ? 'opaque' : 'jwt',
      activeKeyId: isDefault ? key.id : null,
    },
    samlConfig: {
      assertionSigned: true,
      requestSigned: true,
      wantAssertionSigned: true,
      wantAuthnRequestSigned: false,
      assertionTimeToLiveSeconds: 600,
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
      defaultGroups: isDefault
        ? state.groups
            .all()
            .map(({ displayName }) => displayName)
            .filter(state.groups.isDefault)
        : newZoneGroups,
      ...(isLater && { allowOriginLoop: true, checkOriginEnabled: false, maxUsers: -1 }),
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
