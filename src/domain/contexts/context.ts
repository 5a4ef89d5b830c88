import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type {
  ClientContextSettings,
  ContextSettings,
  GrantKind,
  Settings,
  UserContextSettings,
  Role,
} from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import type { StoreKind } from '../../platform/keychain/keychain.js';
import { findIdentities, findSelection } from './current-installation.js';
import { formatInstallationOptions } from './installation.js';

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
  | 'variable TPKS_CLIENT_NAME';

/** Whether the user specified the value for this run. */
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
  /** @see Trust.trustCommand */
  readonly trustCommand?: string;
  /** @see LocatedIdentity */
  readonly alternative?: string | undefined;
  /** Otherwise, the token of the alternative has no scope for the role. */
  readonly isAlternativeLoggedOut?: boolean;
  /** Names of the contexts that match the addresses. More than one is ambiguous. */
  readonly candidates: readonly string[];
}

interface ContextDetails {
  readonly name: string;
  /** The settings do not name the API yet, so it must be checked before the first request. */
  readonly isApiUnconfirmed?: boolean;
  /** @see Trust.trustCommand */
  readonly trustCommand?: string;
  readonly sources: Readonly<Record<'name' | 'api' | 'uaa' | 'caCert' | 'identity', Source>>;
}

/** @returns for example `user cody` or `client admin`. */
export function describeIdentity({ grant, identity }: Pick<Context, 'grant' | 'identity'>): string {
  return `${grant === 'client_credentials' ? 'client' : 'user'} ${identity}`;
}

/** Context names must not start with this. */
const storeNamePrefix = 'kubernetes:';

/** The name under which the session store keeps a Kubernetes session. */
export function toStoreName(name: string): string {
  return `${storeNamePrefix}${name}`;
}

/** The properties that identify a context: two logins with the same values share one context. */
export type ContextKey = Pick<
  ContextSettings,
  'identity' | 'clientId' | 'grant' | 'origin' | 'uaa' | 'api'
> & {
  /** Before the login, because the origin is read from the token. */
  readonly isOriginUnknown?: boolean;
};

/** @returns `IDENTITY@HOST`, with the port, the client or the origin added if that name is taken. */
export function createDefaultName(key: ContextKey, contexts: Settings['contexts']): string {
  return (
    listCandidates(key).find((name) => !Object.hasOwn(contexts, name)) ??
    createNumberedName(key, contexts)
  );
}

/**
 * Finds the context whose session a new login of this identity replaces: the one with the default name,
 * otherwise the one in use at this installation, otherwise the first one.
 */
export function findMatchingContext(key: ContextKey, settings: Settings): string | undefined {
  const { contexts } = settings;
  const { pks, uaa } = findIdentities(settings, key.uaa);
  const own = Object.keys(contexts).filter((name) => hasKey(getOwnValue(contexts, name), key));
  return (
    listCandidates(key).find((name) => own.includes(name)) ??
    own.find((name) => name === pks || name === uaa) ??
    own[0]
  );
}

function listCandidates(key: ContextKey): readonly string[] {
  const { hostname, host } = new URL(key.api ?? key.uaa);
  const { identity } = key;
  const qualifier = key.grant === 'client_credentials' ? 'client' : key.clientId;
  return [
    `${identity}@${hostname}`,
    `${identity}@${host}`,
    `${identity}.${qualifier}@${host}`,
    `${identity}.${qualifier}.${key.origin ?? 'uaa'}@${host}`,
  ];
}

/**
 * Checks the name of a new context.
 * @throws {TpksError} `usage` if a context cannot have this name.
 */
export function checkContextName(name: string): void {
  // A settings file does not return members with these names.
  const reserved = ['__proto__', 'constructor', 'prototype'];
  // A name that looks like an option could not be passed as an argument; `-` is the previous context.
  const isOption = name.startsWith('-');
  // The tokens for kubectl are stored under such names.
  const isKubernetes = name.startsWith(storeNamePrefix);
  if (name.trim() !== '' && !isOption && !isKubernetes && !reserved.includes(name)) return;
  throw new TpksError('usage', `${JSON.stringify(name)} cannot be the name of a context`, {
    hint: 'choose another name, e.g. cody@example',
  });
}

function createNumberedName(key: ContextKey, contexts: Settings['contexts']): string {
  const base = `${key.identity}@${new URL(key.uaa).host}`;
  for (let number = 2; ; number += 1) {
    const name = `${base}-${String(number)}`;
    if (!Object.hasOwn(contexts, name)) return name;
  }
}

/** Whether a login with this key replaces the session of the context. */
export function hasKey(context: ContextSettings | undefined, key: ContextKey): boolean {
  return (
    context !== undefined &&
    context.identity === key.identity &&
    context.clientId === key.clientId &&
    (context.grant === 'client_credentials') === (key.grant === 'client_credentials') &&
    (key.isOriginUnknown === true || (context.origin ?? 'uaa') === (key.origin ?? 'uaa')) &&
    context.uaa === key.uaa &&
    (context.api === undefined || key.api === undefined || context.api === key.api)
  );
}

/**
 * Finds a context by its name, or by an identity that only one context has. For the role `uaa`, as in
 * `uaac`, contexts at the current installation are preferred, and a number is the position in
 * `tpks uaa contexts`.
 * @returns the full name.
 * @throws {TpksError} `notFound` if no context matches, or more than one.
 */
export function findContext(wanted: string, settings: Settings, role: Role = 'pks'): string {
  const { contexts } = settings;
  if (Object.hasOwn(contexts, wanted)) return wanted;
  const isNumber = role === 'uaa' && /^\d+$/.test(wanted);
  const numbered = isNumber ? Object.keys(contexts)[Number(wanted)] : undefined;
  if (numbered !== undefined) return numbered;
  // Names are compared in lower case, because `uaac` writes them that way.
  const matching = Object.entries(contexts).filter(
    ([, { identity }]) => identity.toLowerCase() === wanted.toLowerCase(),
  );
  const target = role === 'uaa' ? findSelection(settings).uaa : undefined;
  const contextsAtTarget = matching.filter(([, { uaa }]) => uaa === target);
  const names = (contextsAtTarget.length > 0 ? contextsAtTarget : matching).map(([name]) => name);
  const [match] = names;
  if (match !== undefined && names.length === 1) return match;
  throw match === undefined
    ? unknownContextError(wanted, role)
    : new TpksError('notFound', `${wanted} matches several contexts: ${names.join(', ')}`, {
        hint: 'use the full name of a context',
      });
}

export function unknownContextError(name: string, role: Role = 'pks'): TpksError {
  return new TpksError('notFound', `Context ${name} not found`, {
    hint:
      role === 'uaa'
        ? 'run tpks uaa contexts to list the contexts'
        : 'run tpks contexts to list the contexts, or tpks login to create one',
  });
}

/** A context whose session is to be renewed, with the properties that the login command needs. */
export type RenewedContext = Pick<
  ContextSettings,
  | 'identity'
  | 'grant'
  | 'clientId'
  | 'origin'
  | 'scope'
  | 'tokenFormat'
  | 'api'
  | 'uaa'
  | 'skipTlsVerification'
> & {
  readonly name: string;
  readonly store: StoreKind;
  /** @see Context */
  readonly isApiUnconfirmed?: boolean;
};

/** Whether `tpks login` creates contexts of this kind; `tpks uaa` creates the others. */
export function isPksLogin({
  api,
  grant,
  clientId,
  isApiUnconfirmed = false,
}: Pick<RenewedContext, 'api' | 'grant' | 'clientId' | 'isApiUnconfirmed'>): boolean {
  if (api === undefined || isApiUnconfirmed) return false;
  const isClient = grant === 'client_credentials';
  return isClient || (clientId === 'pks_cli' && grant !== 'implicit');
}

/** The command that logs in to a context again, with all options that the context needs. */
export function formatLoginCommand(context: RenewedContext): string {
  const { api, uaa, identity, grant, skipTlsVerification } = context;
  if (api === undefined || !isPksLogin(context)) {
    const args = [
      tokenArguments[grant](context),
      ...formatTokenOptions(context),
      ...formatCommonOptions(context),
    ];
    return `tpks uaa target ${uaa} && tpks uaa token ${args.join(' ')}`;
  }
  return [
    `tpks login ${formatInstallationOptions({ api, uaa })}`,
    loginArguments[grant](quoteForShell(identity)),
    ...formatCommonOptions(context),
    ...(skipTlsVerification ? ['-k'] : []),
  ].join(' ');
}

/** The command that trusts the CA in FILE for the servers of a context. FILE is a placeholder. */
export function formatTrustCommand(context: RenewedContext): string {
  return isPksLogin(context)
    ? `${formatLoginCommand({ ...context, skipTlsVerification: false })} --ca-cert FILE`
    : formatTrustTargetCommand(context.uaa);
}

/** The command that trusts the CA in FILE for a UAA. FILE is a placeholder. */
export function formatTrustTargetCommand(uaa: string): string {
  return `tpks uaa target ${uaa} --ca-cert FILE`;
}

const loginArguments: Readonly<Record<GrantKind, (identity: string) => string>> = {
  client_credentials: (identity) => `--client-name ${identity} --client-secret-file FILE`,
  password: (identity) => `-u ${identity}`,
  passcode: () => '--sso',
  authorization_code: () => '--sso-auto',
  implicit: () => '--sso-auto',
};

/** The arguments of `tpks uaa token` that request a token with the same grant. */
const tokenArguments: Readonly<Record<GrantKind, (context: RenewedContext) => string>> = {
  client_credentials: ({ identity }) => `client get ${quoteForShell(identity)}`,
  password: ({ clientId, identity }) =>
    `owner get ${quoteForShell(clientId)} ${quoteForShell(identity)}`,
  passcode: ({ clientId }) => `sso get ${quoteForShell(clientId)}`,
  authorization_code: ({ clientId }) => `authcode get -c ${quoteForShell(clientId)}`,
  implicit: ({ clientId }) => `implicit get -c ${quoteForShell(clientId)}`,
};

function formatTokenOptions({ scope, tokenFormat }: RenewedContext): readonly string[] {
  return [
    ...(scope === undefined ? [] : [`--scope ${quoteForShell(scope.replaceAll(' ', ','))}`]),
    ...(tokenFormat === undefined ? [] : [`--format ${tokenFormat}`]),
  ];
}

function formatCommonOptions({ name, store, ...key }: RenewedContext): readonly string[] {
  return [
    ...(name === createDefaultName(key, {}) ? [] : [`--name ${quoteForShell(name)}`]),
    ...(store === 'file' ? ['--store file'] : []),
  ];
}
