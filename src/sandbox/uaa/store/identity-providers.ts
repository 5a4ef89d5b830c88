import { randomUUID } from 'node:crypto';
import type { Storage } from '../../storage/storage.js';
import { readSettings } from '../providers/provider-settings.js';

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
  readonly config: Readonly<Record<string, unknown>> | null;
}

export type IdentityProviderStore = ReturnType<typeof createIdentityProviderStore>;

/** Creates the store for identity providers, with the providers of a new server. */
export function createIdentityProviderStore(now: () => number, storage: Storage) {
  const providers = storage.collection<IdentityProvider>({
    name: 'identity-providers',
    key: ({ id }) => id,
    seed: () => createInitialProviders(now()),
  });
  return {
    ...providers,
    find: (matches: (provider: IdentityProvider) => boolean) => providers.all().find(matches),
    filter: (matches: (provider: IdentityProvider) => boolean) => providers.all().filter(matches),
    some: (matches: (provider: IdentityProvider) => boolean) => providers.all().some(matches),
  };
}

/** The four providers of a new UAA 4.30.0. LDAP is inactive until it is configured. */
function createInitialProviders(now: number): readonly IdentityProvider[] {
  const defaults = {
    active: true,
    createdAt: defaultCreatedAt,
    modifiedAt: defaultCreatedAt,
    version: 0,
    config: null,
  };
  return [
    { ...defaults, id: randomUUID(), originKey: 'keystone', type: 'keystone', name: 'keystone' },
    {
      ...defaults,
      id: randomUUID(),
      originKey: 'ldap',
      type: 'ldap',
      name: 'UAA LDAP Provider',
      active: false,
      modifiedAt: now,
      version: 1,
      config: createSettings('ldap', {
        externalGroupsWhitelist: [],
        attributeMappings: {},
        addShadowUserOnLogin: true,
        storeCustomAttributes: true,
        ldapProfileFile: 'ldap/ldap-search-and-bind.xml',
        baseUrl: 'ldap://localhost:389/',
        skipSSLVerification: false,
        bindUserDn: 'cn=admin,dc=test,dc=com',
        userSearchBase: 'dc=test,dc=com',
        userSearchFilter: 'cn={0}',
        mailAttributeName: 'mail',
        ldapGroupFile: null,
        autoAddGroups: true,
        groupSearchSubTree: true,
        maxGroupSearchDepth: 10,
        tlsConfiguration: 'none',
      }),
    },
    {
      ...defaults,
      id: randomUUID(),
      originKey: 'login-server',
      type: 'login-server',
      name: 'login-server',
    },
    {
      ...defaults,
      id: randomUUID(),
      originKey: 'uaa',
      type: 'uaa',
      name: 'uaa',
      modifiedAt: now,
      version: 1,
      config: createSettings('uaa', {
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
        lockoutPolicy: {
          lockoutPeriodSeconds: 300,
          lockoutAfterFailures: 5,
          countFailuresWithin: 1200,
        },
        disableInternalUserManagement: false,
      }),
    },
  ];
}

/** What the real server returns for rows that were created before it stored creation dates. */
const defaultCreatedAt = Date.UTC(2000, 0, 1);

/** Adds the default values of the other settings. */
function createSettings(type: string, settings: object): IdentityProvider['config'] {
  return readSettings(type, JSON.stringify(settings));
}
