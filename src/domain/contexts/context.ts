import type { ClientContextSettings, UserContextSettings } from '../../platform/config/settings.js';
import type { Trust, TrustHints } from '../../platform/http/send.js';

/** The source of a value, as `tpks status` shows it. */
export type Source = ExplicitSource | 'context' | 'creds.yml' | 'default';

type ExplicitSource =
  | 'flag --api'
  | 'flag --uaa-url'
  | 'flag --context'
  | 'variable TPKS_API'
  | 'variable TPKS_UAA_URL'
  | 'variable TPKS_CA_CERT'
  | 'variable TPKS_CONTEXT'
  | 'variable TPKS_USERNAME'
  | 'variable TPKS_CLIENT_NAME'
  | 'variable TPKS_CI_LOGIN';

export function isExplicit(source: Source): source is ExplicitSource {
  return source !== 'context' && source !== 'creds.yml' && source !== 'default';
}

/** The identity that a run uses, and the addresses that it calls. */
export type Context = StoredContext | EnvironmentIdentity;

export type StoredContext = StoredUserContext | StoredClientContext;

export interface StoredUserContext extends UserContextSettings, ContextDetails {}

export interface StoredClientContext extends ClientContextSettings, ContextDetails {}

/** A user or a client from the environment, or from `creds.yml`. tpks stores nothing about it. */
export type EnvironmentIdentity = (
  Omit<UserContextSettings, 'store'> | Omit<ClientContextSettings, 'store'>
) &
  ContextDetails & {
    readonly store: 'none';
    /** Path of the `creds.yml` that contains its session; `undefined` for one from the environment. */
    readonly pksCredsPath?: string;
  };

/** A UAA without an identity. */
export interface UaaOnly extends Trust {
  readonly name?: undefined;
  /** Origin of the PKS API that accepts its tokens, if known. */
  readonly api?: string | undefined;
  readonly uaa: string;
  readonly sources: Readonly<Record<'api' | 'uaa' | 'caCert', Source>>;
  /** @see LocatedIdentity */
  readonly alternative?: string | undefined;
  /** Whether the alternative is logged out. If not, its token has no scope for the role. */
  readonly isAlternativeLoggedOut?: boolean;
  /** Names of the contexts that match the addresses. More than one is ambiguous. */
  readonly candidates: readonly string[];
}

interface ContextDetails extends TrustHints {
  readonly name: string;
  /** Whether the API is not stored yet, so that it must be checked before the first request. */
  readonly isApiUnconfirmed?: boolean;
  readonly isUaaGuessed?: boolean;
  readonly sources: Readonly<Record<'name' | 'api' | 'uaa' | 'caCert' | 'identity', Source>>;
}

/** Whether the UAA issues ID tokens to the identity of a context: it issues none to clients and CI jobs. */
export function canHaveIdToken({ grant }: Pick<Context, 'grant'>): boolean {
  return grant !== 'client_credentials' && grant !== 'jwt_bearer';
}

/** @returns for example `user cody` or `client admin`. */
export function describeIdentity({ grant, identity }: Pick<Context, 'grant' | 'identity'>): string {
  return `${grant === 'client_credentials' ? 'client' : 'user'} ${identity}`;
}
