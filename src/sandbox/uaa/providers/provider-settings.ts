import { toNodeText } from '../requests.js';
import { isObject, parseJson, type JsonObject } from '../../body.js';

/** Thrown if a provider's settings cannot be read. */
export class InvalidSettingsError extends Error {}

/** How one setting is read. */
type Setting = {
  /** Converts the value in a request, which can be null. */
  readonly read: (value: unknown) => unknown;
  /** The value of a missing setting. */
  readonly initial: unknown;
};

type Settings = Readonly<Record<string, Setting>>;

function readText(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'object') throw new InvalidSettingsError();
  return toNodeText(value) ?? null;
}

function readTexts(value: unknown): readonly (string | null)[] | null {
  if (value === null) return null;
  if (!Array.isArray(value)) throw new InvalidSettingsError();
  return value.map(readText);
}

function readMap(value: unknown): JsonObject | null {
  if (value !== null && !isObject(value)) throw new InvalidSettingsError();
  return value;
}

function readBoolean(value: unknown): boolean {
  if (value === null || value === '') return false;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'boolean' || value === 'true' || value === 'false') {
    return String(value) === 'true';
  }
  throw new InvalidSettingsError();
}

function readInteger(value: unknown): number {
  if (value === null || value === '') return 0;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  if (Number.isNaN(number)) throw new InvalidSettingsError();
  return Math.trunc(number);
}

/** Reads one of the names, or its index. */
function readChoice(value: unknown, names: readonly string[]): string | null {
  if (value === null) return null;
  const name = typeof value === 'number' ? names[value] : value;
  if (typeof name !== 'string' || !names.includes(name)) throw new InvalidSettingsError();
  return name;
}

/** Accepts the URLs that Java accepts. */
function readUrl(value: unknown): string | null {
  const url = readText(value);
  if (url === null || url.trim() === '') return null;
  const normalizedUrl = URL.canParse(url) ? url : undefined;
  if (normalizedUrl === undefined) throw new InvalidSettingsError();
  return normalizedUrl;
}

const text = { read: readText, initial: null };
const texts = { read: readTexts, initial: null };
const map = { read: readMap, initial: null };
const url = { read: readUrl, initial: null };
const enabled = { read: readBoolean, initial: true };
const disabled = { read: readBoolean, initial: false };
const number = { read: readInteger, initial: -1 };
const time = {
  read: (value: unknown) => (value === null ? null : readInteger(value)),
  initial: null,
};

function record(settings: Settings): Setting {
  return {
    read: (value) => (value === null ? null : applySettings(settings, value)),
    initial: null,
  };
}

const common = { emailDomain: texts, additionalConfiguration: map, providerDescription: text };

const external = {
  ...common,
  externalGroupsWhitelist: { ...texts, initial: [] },
  attributeMappings: {
    read: (value: unknown) => readMap(value) ?? {},
    initial: {},
  },
  addShadowUserOnLogin: enabled,
  storeCustomAttributes: enabled,
};

const oauth = {
  ...external,
  authUrl: url,
  tokenUrl: url,
  tokenKeyUrl: url,
  tokenKey: text,
  linkText: text,
  showLinkText: enabled,
  clientAuthInBody: disabled,
  skipSslValidation: disabled,
  relyingPartyId: text,
  relyingPartySecret: text,
  scopes: texts,
  issuer: text,
  responseType: { ...text, initial: 'code' },
};

const passwordPolicy = {
  minLength: number,
  maxLength: number,
  requireUpperCaseCharacter: number,
  requireLowerCaseCharacter: number,
  requireDigit: number,
  requireSpecialCharacter: number,
  passwordNewerThan: time,
  expirePasswordInMonths: number,
};

const lockoutPolicy = {
  lockoutPeriodSeconds: number,
  lockoutAfterFailures: number,
  countFailuresWithin: number,
};

/** The settings of each type, in the order in which the real server returns them. */
const settingsByType: Readonly<Record<string, Settings>> = {
  'oauth2.0': { ...oauth, checkTokenUrl: url },
  'oidc1.0': {
    ...oauth,
    userInfoUrl: url,
    discoveryUrl: url,
    passwordGrantEnabled: disabled,
    prompts: {
      read(value) {
        if (value !== null && !Array.isArray(value)) throw new InvalidSettingsError();
        return value;
      },
      initial: null,
    },
  },
  keystone: external,
  saml: {
    ...external,
    metaDataLocation: text,
    idpEntityAlias: text,
    zoneId: text,
    nameID: text,
    assertionConsumerIndex: { ...number, initial: 0 },
    metadataTrustCheck: disabled,
    showSamlLink: disabled,
    linkText: text,
    iconUrl: text,
    groupMappingMode: {
      read: (value) => readChoice(value, ['EXPLICITLY_MAPPED', 'AS_SCOPES']),
      initial: 'EXPLICITLY_MAPPED',
    },
    skipSslValidation: disabled,
    authnContext: texts,
    // The real server ignores this setting.
    socketFactoryClassName: { read: () => null, initial: null },
  },
  uaa: {
    ...common,
    passwordPolicy: record(passwordPolicy),
    lockoutPolicy: record(lockoutPolicy),
    disableInternalUserManagement: disabled,
  },
  ldap: {
    ...external,
    ldapProfileFile: text,
    baseUrl: text,
    referral: text,
    skipSSLVerification: disabled,
    userDNPattern: text,
    userDNPatternDelimiter: text,
    bindUserDn: text,
    bindPassword: text,
    userSearchBase: text,
    userSearchFilter: text,
    passwordAttributeName: text,
    passwordEncoder: text,
    localPasswordCompare: { ...disabled, initial: null },
    mailAttributeName: { ...text, initial: 'mail' },
    mailSubstitute: text,
    mailSubstituteOverridesLdap: disabled,
    ldapGroupFile: text,
    groupSearchBase: text,
    groupSearchFilter: text,
    groupsIgnorePartialResults: { ...disabled, initial: null },
    autoAddGroups: enabled,
    groupSearchSubTree: enabled,
    maxGroupSearchDepth: { ...number, initial: 10 },
    groupRoleAttribute: text,
    tlsConfiguration: { ...text, initial: 'none' },
  },
};

/** Whether this type has its own settings, instead of only the common ones. */
export function isKnownType(type: string): boolean {
  return Object.hasOwn(settingsByType, type);
}

/**
 * Reads the settings of a provider. Unknown settings are ignored, and missing ones have defaults.
 *
 * @param json - an object, or `null` for a provider without settings.
 * @throws InvalidSettingsError
 */
export function readSettings(type: string, json: string): JsonObject | null {
  const value = parseJson(json);
  if (value === null) return null;
  return applySettings(settingsByType[type] ?? common, value);
}

function applySettings(settings: Settings, value: unknown): JsonObject {
  if (!isObject(value)) throw new InvalidSettingsError();
  const entries = Object.entries(settings).map(([name, { read, initial }]) => [
    name,
    Object.hasOwn(value, name) ? read(value[name]) : initial,
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

/** Removes settings that responses omit when they are null. */
export function omitNullSecrets(settings: JsonObject): JsonObject {
  const optional = ['relyingPartySecret', 'bindPassword', 'prompts'];
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== null || !optional.includes(name)),
  );
}
