import { randomUUID } from 'node:crypto';

/** A source of users. Instants are epoch milliseconds. */
export interface IdentityProvider {
  readonly id: string;
  /** The origin of its users and mappings. */
  readonly originKey: string;
  readonly type: 'keystone' | 'ldap' | 'login-server' | 'uaa';
  readonly name: string;
  readonly active: boolean;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly version: number;
  /** Settings; they depend on the type. */
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** The four providers of a new UAA 4.30.0; LDAP is inactive until it is configured. */
export function initialProviders(now: number): readonly IdentityProvider[] {
  const old = { active: true, createdAt: longAgo, modifiedAt: longAgo, version: 0, config: null };
  return [
    { ...old, id: randomUUID(), originKey: 'keystone', type: 'keystone', name: 'keystone' },
    {
      ...old,
      id: randomUUID(),
      originKey: 'ldap',
      type: 'ldap',
      name: 'UAA LDAP Provider',
      active: false,
      modifiedAt: now,
      version: 1,
      config: {
        ...common,
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
      },
    },
    {
      ...old,
      id: randomUUID(),
      originKey: 'login-server',
      type: 'login-server',
      name: 'login-server',
    },
    {
      ...old,
      id: randomUUID(),
      originKey: 'uaa',
      type: 'uaa',
      name: 'uaa',
      modifiedAt: now,
      version: 1,
      config: {
        ...common,
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
      },
    },
  ];
}

/** The real server's creation date for rows from before it stored creation dates. */
const longAgo = Date.UTC(2000, 0, 1);

const common = { emailDomain: null, additionalConfiguration: null, providerDescription: null };
