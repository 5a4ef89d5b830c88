import { isObject, type JsonObject } from '../../body.js';
import type { Realm } from '../realm.js';
import { samlCertificate } from '../providers/saml-certificate.js';
import type { Behaviour } from '../behaviour.js';

/** Returns the settings of the zone `uaa`, without private keys. */
export function getDefaultZoneConfig({ settings, state, key }: Realm): JsonObject {
  const { issuer, accessSeconds, refreshSeconds } = settings;
  const keyId = 'legacy-saml-key';
  return mergeSettings(getNewZoneConfig(settings.behaviour), {
    clientSecretPolicy: { ...createSecretPolicy(0), maxLength: 255 },
    tokenPolicy: {
      accessTokenValidity: accessSeconds,
      refreshTokenValidity: refreshSeconds,
      activeKeyId: key.id,
    },
    samlConfig: {
      activeKeyId: keyId,
      certificate: samlCertificate,
      keys: { [keyId]: { certificate: samlCertificate } },
    },
    prompts: createPrompts(`Temporary Authentication Code ( Get one at ${issuer}/passcode )`),
    userConfig: {
      defaultGroups: state.groups
        .all()
        .map(({ displayName }) => displayName)
        .filter(state.groups.isDefault),
    },
  });
}

/** Returns all settings of a zone that was created with the API, including the defaults. */
export function getZoneConfig(config: JsonObject, behaviour: Behaviour): JsonObject {
  const { branding, ...others } = config;
  const changes = isObject(branding) ? { ...others, branding: readBranding(branding) } : others;
  return mergeSettings(getNewZoneConfig(behaviour), changes);
}

function getNewZoneConfig({ hasMfa, hasOpaqueRefreshTokens }: Behaviour): JsonObject {
  const { mfaConfig, ...config } = newZoneConfig;
  const tokenPolicy = { refreshTokenRotate: false, refreshTokenFormat: 'opaque' };
  return {
    ...config,
    ...(hasMfa && { mfaConfig }),
    ...(hasOpaqueRefreshTokens && { tokenPolicy: { ...config.tokenPolicy, ...tokenPolicy } }),
  };
}

/** Returns the known branding settings. Missing settings of the banner and the consent are null. */
function readBranding(branding: JsonObject): JsonObject {
  const names = ['companyName', 'productLogo', 'squareLogo', 'footerLegalText', 'footerLinks'];
  const result = selectSettings(branding, names);
  const { banner, consent } = branding;
  if (isObject(banner)) {
    const empty = { logo: null, text: null, textColor: null, backgroundColor: null, link: null };
    result['banner'] = { ...empty, ...selectSettings(banner, Object.keys(empty)) };
  }
  if (isObject(consent))
    result['consent'] = { text: null, link: null, ...selectSettings(consent, ['text', 'link']) };
  return result;
}

function selectSettings(settings: JsonObject, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => names.includes(name) && value !== null),
  );
}

/**
 * Replaces the known settings and ignores the others. `keys` is replaced as a whole, because its
 * members have arbitrary names.
 */
function mergeSettings(initial: JsonObject, changes: JsonObject): JsonObject {
  const entries = Object.entries({ ...selectOptionalSettings(changes), ...initial }).map(
    ([name, value]) => {
      const setting = Object.hasOwn(changes, name) ? changes[name] : value;
      // The real server uses the defaults if a group of settings is null.
      const change = setting === null && typeof value === 'object' ? value : setting;
      const canMerge = name !== 'keys' && isObject(value) && isObject(change);
      return [name, canMerge ? mergeSettings(value, change) : change];
    },
  );
  return Object.fromEntries(entries) as JsonObject;
}

/** Selects the settings that responses contain only if they are set. */
function selectOptionalSettings(changes: JsonObject): JsonObject {
  return selectSettings(changes, [
    ...['certificate', 'activeKeyId', 'issuer', 'providerName', 'defaultIdentityProvider'],
    ...['homeRedirect', 'entityID', 'branding'],
  ]);
}

function createSecretPolicy(value: number): JsonObject {
  return {
    minLength: value,
    maxLength: value,
    requireUpperCaseCharacter: value,
    requireLowerCaseCharacter: value,
    requireDigit: value,
    requireSpecialCharacter: value,
  };
}

function createPrompts(passcodeText: string): readonly JsonObject[] {
  return [
    { name: 'username', type: 'text', text: 'Email' },
    { name: 'password', type: 'password', text: 'Password' },
    { name: 'passcode', type: 'password', text: passcodeText },
  ];
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

/** The groups that every user of a new zone belongs to. */
export const newZoneGroups: readonly string[] = [
  ...['openid', 'password.write', 'uaa.user', 'approvals.me', 'profile', 'roles'],
  ...['user_attributes', 'uaa.offline_token'],
];

/** The settings of a new zone. */
const newZoneConfig = {
  clientSecretPolicy: createSecretPolicy(-1),
  tokenPolicy: {
    accessTokenValidity: -1,
    refreshTokenValidity: -1,
    jwtRevocable: false,
    refreshTokenUnique: false,
    refreshTokenFormat: 'jwt',
    activeKeyId: null,
  },
  samlConfig: {
    assertionSigned: true,
    requestSigned: true,
    wantAssertionSigned: true,
    wantAuthnRequestSigned: false,
    assertionTimeToLiveSeconds: 600,
    keys: {},
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
  prompts: createPrompts('Temporary Authentication Code (Get on at /passcode)'),
  idpDiscoveryEnabled: false,
  accountChooserEnabled: false,
  userConfig: { defaultGroups: newZoneGroups },
  mfaConfig: { enabled: false, identityProviders: ['uaa', 'ldap'] },
};
