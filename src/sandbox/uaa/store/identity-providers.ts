import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../json.js';
import type { Storage } from '../../storage.js';
import { lockoutPolicy } from '../oauth/lockout.js';

/** A source of users. Times are in epoch milliseconds. */
export interface IdentityProvider {
  readonly id: string;
  /** The `origin` of the provider's users and mappings. It is unique and case-sensitive. */
  readonly originKey: string;
  /** For example `uaa`, `ldap` or `oidc1.0`. */
  readonly type: string;
  readonly name: string;
  readonly active: boolean;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly version: number;
  /** Settings, which depend on the type. */
  readonly config: JsonObject | null;
}

/** Creates the store for identity providers, with the providers of a new server. */
export function createIdentityProviderStore(now: () => number, storage: Storage) {
  const providers = storage.collection<IdentityProvider>({
    name: 'identity-providers',
    key: ({ id }) => id,
    seed: () => createInitialProviders(now()),
  });
  return {
    ...providers,
    filter: (matches: (provider: IdentityProvider) => boolean) => providers.all().filter(matches),
    some: (matches: (provider: IdentityProvider) => boolean) => providers.all().some(matches),
  };
}

/** The four providers of a new UAA. LDAP is inactive until it is configured. */
function createInitialProviders(now: number): readonly IdentityProvider[] {
  const defaults = { active: true, version: 0, config: null };
  const createdAt = Date.UTC(2000, 0, 1);
  return [
    { ...defaults, originKey: 'keystone', type: 'keystone', name: 'keystone' },
    {
      originKey: 'ldap',
      type: 'ldap',
      name: 'UAA LDAP Provider',
      active: false,
      version: 1,
      config: ldapConfig,
    },
    { ...defaults, originKey: 'login-server', type: 'login-server', name: 'login-server' },
    { ...defaults, originKey: 'uaa', type: 'uaa', name: 'uaa', version: 1, config: uaaConfig },
  ].map((provider) => ({
    ...provider,
    id: randomUUID(),
    createdAt,
    modifiedAt: provider.config ? now : createdAt,
  }));
}

const commonConfig = {
  emailDomain: null,
  additionalConfiguration: null,
  providerDescription: null,
};

const ldapConfig = {
  ...commonConfig,
  externalGroupsWhitelist: [],
  attributeMappings: {},
  addShadowUserOnLogin: true,
  storeCustomAttributes: true,
  ldapProfileFile: 'ldap/ldap-search-and-bind.xml',
  baseUrl: 'ldap://localhost:389/',
  referral: null,
  skipSSLVerification: false,
  userDNPattern: null,
  userDNPatternDelimiter: null,
  bindUserDn: 'cn=admin,dc=test,dc=com',
  userSearchBase: 'dc=test,dc=com',
  userSearchFilter: 'cn={0}',
  passwordAttributeName: null,
  passwordEncoder: null,
  localPasswordCompare: null,
  mailAttributeName: 'mail',
  mailSubstitute: null,
  mailSubstituteOverridesLdap: false,
  ldapGroupFile: null,
  groupSearchBase: null,
  groupSearchFilter: null,
  groupsIgnorePartialResults: null,
  autoAddGroups: true,
  groupSearchSubTree: true,
  maxGroupSearchDepth: 10,
  groupRoleAttribute: null,
  tlsConfiguration: 'none',
};

const uaaConfig = {
  ...commonConfig,
  passwordPolicy: {
    minLength: 0,
    maxLength: 255,
    requireUpperCaseCharacter: 0,
    requireLowerCaseCharacter: 0,
    requireDigit: 0,
    requireSpecialCharacter: 0,
    passwordNewerThan: null,
    expirePasswordInMonths: 0,
  },
  lockoutPolicy,
  disableInternalUserManagement: false,
};
