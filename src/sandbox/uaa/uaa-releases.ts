/** A UAA release that the sandbox can simulate. */
export type UaaRelease = '4.30' | '74.5' | '77';

interface ClientRules {
  /** Grant types for which a new client needs a secret. */
  readonly grantsWithSecret: readonly string[];
  /** Whether the new secret of an existing client must not be empty. */
  readonly requiresNewSecret: boolean;
  readonly allowsSlashInId: boolean;
  /** Whether redirect URIs can contain `*` instead of a port. */
  readonly allowsAnyPort: boolean;
  /** Whether callers without an admin scope can assign scopes that start with the ID of the client. */
  readonly allowsOwnScopes: boolean;
}

/**
 * The differences between releases that clients can observe.
 * @see https://github.com/cloudfoundry/uaa/releases
 */
export interface Behaviour {
  readonly name: UaaRelease;
  /** Returned by `/info`. */
  readonly version: string;
  readonly commit: string;
  readonly timestamp: string;
  /**
   * Error code in the response body after failed authentication. The `WWW-Authenticate` header
   * contains `unauthorized` in all releases.
   */
  readonly badCredentialsError: 'unauthorized' | 'invalid_client';
  /** Whether Basic credentials are URL-decoded and the scheme `Basic` is case-insensitive. */
  readonly decodesBasicCredentials: boolean;
  /** Whether errors of the token endpoint name the refused grant type. */
  readonly namesRefusedGrantType: boolean;
  /** Whether a login with an assertion can return a refresh token. */
  readonly refreshesAssertionLogins: boolean;
  /** Whether refresh tokens are opaque by default. */
  readonly hasOpaqueRefreshTokens: boolean;
  /** Whether the release supports PKCE and public clients, which have no secret. */
  readonly hasPkce: boolean;
  /** Number of characters in passcodes and authorization codes. */
  readonly codeLength: number;
  /** Whether the modulus of a public key starts with an extra zero byte. */
  readonly padsModulus: boolean;
  /** Whether users can revoke all of their own tokens without the scope `tokens.revoke`. */
  readonly canUsersRevokeOwnTokens: boolean;
  /**
   * Whether the release supports multi-factor authentication and can be a SAML identity provider. The
   * configuration of zones contains the settings of both.
   */
  readonly hasMfa: boolean;
  /** Whether clients can authenticate with a signed JWT. Tokens then name the method that was used. */
  readonly hasClientJwtKeys: boolean;
  readonly hasPasswordScore: boolean;
  /** Whether users can be filtered by `external_id`. */
  readonly canFilterByExternalId: boolean;
  readonly hasEndSessionEndpoint: boolean;
  /** End of the error text for a form without a CSRF cookie. */
  readonly missingCsrfText: string;
  readonly canUsersChangeSecrets: boolean;
  readonly canChangeOrigin: boolean;
  /** Whether the error for a user that exists contains the ID of this user. */
  readonly identifiesDuplicateUser: boolean;
  /**
   * Status if a request deletes or verifies an outdated version of a user, or if it matches several
   * mappings.
   */
  readonly dataErrorStatus: 422 | 500;
  /**
   * Whether users and identity providers have fields for an alias in another zone. Aliases are
   * disabled, as in the default configuration.
   */
  readonly hasAliases: boolean;
  /**
   * Whether OIDC providers have the settings `pkce`, `cacheJwks` and others, need no secret, and must
   * have different issuers. Their tokens can be signed with ES256, and logins update the user.
   */
  readonly hasLaterOidcSettings: boolean;
  /** Whether deleting a user also deletes memberships with an origin other than the user's. */
  readonly deletesAllMemberships: boolean;
  readonly clientRules: ClientRules;
}

const release430: Behaviour = {
  name: '4.30',
  version: '4.30.0',
  commit: '676c77a',
  timestamp: '2019-04-30T14:32:09-0700',
  badCredentialsError: 'unauthorized',
  decodesBasicCredentials: false,
  namesRefusedGrantType: true,
  refreshesAssertionLogins: false,
  hasOpaqueRefreshTokens: false,
  hasPkce: false,
  codeLength: 10,
  padsModulus: true,
  canUsersRevokeOwnTokens: false,
  hasMfa: true,
  hasClientJwtKeys: false,
  hasPasswordScore: true,
  canFilterByExternalId: false,
  hasEndSessionEndpoint: false,
  missingCsrfText: 'because your session was not found.',
  canUsersChangeSecrets: false,
  canChangeOrigin: true,
  identifiesDuplicateUser: true,
  dataErrorStatus: 500,
  hasAliases: false,
  hasLaterOidcSettings: false,
  deletesAllMemberships: false,
  clientRules: {
    grantsWithSecret: ['client_credentials', 'authorization_code'],
    requiresNewSecret: true,
    allowsSlashInId: true,
    allowsAnyPort: false,
    allowsOwnScopes: true,
  },
};

/** The release that PKS 1.7 includes. */
const release745: Behaviour = {
  ...release430,
  name: '74.5',
  version: '74.5.19',
  commit: 'd4c7cc5',
  timestamp: '2020-06-10T18:31:29+0000',
  decodesBasicCredentials: true,
  canUsersRevokeOwnTokens: true,
  hasPasswordScore: false,
  canUsersChangeSecrets: true,
};

export const behaviours: Readonly<Record<UaaRelease, Behaviour>> = {
  '4.30': release430,
  '74.5': release745,
  '77': {
    ...release745,
    name: '77',
    version: '77.19.0',
    commit: '13dc87a',
    timestamp: '2024-10-24T14:55:55+0200',
    badCredentialsError: 'invalid_client',
    namesRefusedGrantType: false,
    refreshesAssertionLogins: true,
    hasOpaqueRefreshTokens: true,
    hasPkce: true,
    codeLength: 32,
    padsModulus: false,
    hasMfa: false,
    hasClientJwtKeys: true,
    canFilterByExternalId: true,
    hasEndSessionEndpoint: true,
    missingCsrfText: 'because no token was found to compare.',
    canChangeOrigin: false,
    identifiesDuplicateUser: false,
    dataErrorStatus: 422,
    hasAliases: true,
    hasLaterOidcSettings: true,
    deletesAllMemberships: true,
    clientRules: {
      grantsWithSecret: ['client_credentials'],
      requiresNewSecret: false,
      allowsSlashInId: false,
      allowsAnyPort: true,
      allowsOwnScopes: false,
    },
  },
};
