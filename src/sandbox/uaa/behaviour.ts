/** A release of UAA whose behaviour the sandbox can imitate. */
export type UaaBehaviour = '4.30' | '74.5' | '77';

/** Differences between releases that clients can notice. @see uaa-api, section 12 */
export interface Behaviour {
  readonly name: UaaBehaviour;
  /** Shown by `/info`. */
  readonly version: string;
  readonly commit: string;
  readonly timestamp: string;
  /** Error code in the body after failed authentication; the challenge keeps the old code. */
  readonly badCredentials: 'unauthorized' | 'invalid_client';
  /** Whether Basic credentials are URL-decoded, and `basic` may be spelled in any case. */
  readonly decodesBasic: boolean;
  /** Whether refresh tokens are opaque if no format is requested. */
  readonly opaqueRefresh: boolean;
  /** Whether the release supports PKCE, and public clients without a secret. */
  readonly hasPkce: boolean;
  /** Length of passcodes and authorization codes. */
  readonly codeLength: number;
  /** Whether the modulus of a key has a zero byte before it. */
  readonly padsModulus: boolean;
  /** Whether the content type of JSON has a charset. */
  readonly namesCharset: boolean;
  /** Whether users can revoke all their tokens without the scope `tokens.revoke`. */
  readonly usersEndOwnTokens: boolean;
  readonly hasMfa: boolean;
  readonly hasClientJwt: boolean;
  readonly hasPasswordScore: boolean;
  /** Whether users can be found by `external_id`. */
  readonly findsExternalId: boolean;
  /** Whether the discovery document has a logout endpoint. */
  readonly hasEndSession: boolean;
}

const original: Behaviour = {
  name: '4.30',
  version: '4.30.0',
  commit: '676c77a',
  timestamp: '2019-04-30T14:32:09-0700',
  badCredentials: 'unauthorized',
  decodesBasic: false,
  opaqueRefresh: false,
  hasPkce: false,
  codeLength: 10,
  padsModulus: true,
  namesCharset: true,
  usersEndOwnTokens: false,
  hasMfa: true,
  hasClientJwt: false,
  hasPasswordScore: true,
  findsExternalId: false,
  hasEndSession: false,
};

/** The release in PKS 1.7. */
const ofPks: Behaviour = {
  ...original,
  name: '74.5',
  version: '74.5.19',
  commit: 'd4c7cc5',
  timestamp: '2020-06-10T18:31:29+0000',
  decodesBasic: true,
  namesCharset: false,
  usersEndOwnTokens: true,
  hasPasswordScore: false,
};

export const behaviours: Readonly<Record<UaaBehaviour, Behaviour>> = {
  '4.30': original,
  '74.5': ofPks,
  '77': {
    ...ofPks,
    name: '77',
    version: '77.18.0',
    commit: 'a0ac1f6',
    timestamp: '2024-10-09T12:31:00+0000',
    badCredentials: 'invalid_client',
    opaqueRefresh: true,
    hasPkce: true,
    codeLength: 32,
    padsModulus: false,
    hasMfa: false,
    hasClientJwt: true,
    findsExternalId: true,
    hasEndSession: true,
  },
};
