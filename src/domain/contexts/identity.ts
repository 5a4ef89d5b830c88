import { rewordError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { defaultCiClient, pksScopeFamily } from '../../base/pks-conventions.js';
import {
  isOn,
  listSecretSources,
  type Environment,
  type SecretVariable,
} from '../../platform/config/environment.js';
import type { Role } from '../../platform/config/settings.js';
import type { ContextSettings, Settings } from '../../platform/config/settings.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import {
  isForInstallation,
  resolveAddresses,
  resolveTrust,
  type AddressInput,
  type Addresses,
} from './addresses.js';
import {
  isExplicit,
  type Context,
  type EnvironmentIdentity,
  type Source,
  type StoredContext,
  type UaaOnly,
} from './context.js';
import { findIdentities, otherRole } from './current-installation.js';
import {
  apiOf,
  defaultApiOf,
  findApi,
  formatInstallationOptions,
  listStoredInstallations,
  normalizeUaaUrl,
  parseInstallation,
} from './installation.js';
import { formatLoginCommand } from './login-command.js';

// The identity of a command is found in four steps: `locateIdentity` reads only flags, variables and settings;
// `resolveContext` adds the CA; `resolveIdentity` accepts the identity of the other role by its scopes; and
// `requireContext` fails without an identity.

/** The identity and the addresses of a run, before certificates and secrets are read. */
export type LocatedIdentity =
  | {
      readonly kind: 'stored';
      readonly name: string;
      readonly source: Source;
    }
  | {
      readonly kind: 'environment';
      readonly login: EnvironmentLogin;
      readonly addresses: Addresses;
    }
  | {
      readonly kind: 'uaa';
      readonly addresses: Addresses;
      /**
       * A context that is used if its token has the necessary scopes: the context of the other role, or
       * the only stored context with the addresses in flags and variables.
       */
      readonly alternative: string | undefined;
      /** Names of the contexts at these addresses, if the choice is ambiguous. */
      readonly candidates: readonly string[];
    };

/**
 * Selects, in this order: `--context`, `TPKS_CONTEXT`, the environment (`TPKS_API` with credentials), the
 * context of the addresses in flags and variables, the context of the role at the current installation.
 * @returns `undefined` if no flag or variable provides an address, and no installation is selected.
 * @throws {TpksError} `notFound` for an unknown context; `usage` for different installations.
 */
export function locateIdentity(input: AddressInput): LocatedIdentity | undefined {
  const { env } = input;
  const addresses = resolveAddresses(input);
  if (addresses === undefined) return undefined;
  const { api, context } = addresses;
  if (context !== undefined) {
    return { kind: 'stored', name: context, source: findNameSource(input) };
  }
  const [login] = findEnvironmentLogins(env);
  if (env.TPKS_API !== undefined && api !== undefined && login !== undefined) {
    return { kind: 'environment', login, addresses };
  }
  return locateAtAddresses(addresses, input);
}

function findNameSource({ env, flags }: AddressInput): Source {
  if (flags?.context !== undefined) return 'flag --context';
  return env.TPKS_CONTEXT === undefined ? 'default' : 'variable TPKS_CONTEXT';
}

function locateAtAddresses(addresses: Addresses, input: AddressInput): LocatedIdentity {
  const { settings, role = 'pks', acceptsOtherRole = false } = input;
  const { api, uaa, sources } = addresses;
  // If only the UAA is known, contexts with any API match.
  const isApiGiven = sources.api !== 'default';
  const matching = Object.entries(settings.contexts)
    .filter(
      ([, context]) =>
        context.uaa === uaa && (!isApiGiven || context.api === undefined || context.api === api),
    )
    .map(([name]) => name);
  const identities = findIdentities(settings, uaa);
  const find = (wanted: Role) => matching.find((name) => name === identities[wanted]);
  const source = [sources.api, sources.uaa].find(isExplicit);
  const only = source !== undefined && matching.length === 1 ? matching[0] : undefined;
  const alternative = find(otherRole(role)) ?? only;
  const name = find(role) ?? (acceptsOtherRole ? alternative : undefined);
  if (name !== undefined) return { kind: 'stored', name, source: source ?? 'default' };
  const candidates = source === undefined || alternative !== undefined ? [] : matching;
  return { kind: 'uaa', addresses, alternative, candidates };
}

/**
 * Resolves the identity, the addresses and the CA of a run, in the order of `locateIdentity`.
 * @returns `undefined` if no flag, variable or context provides an address.
 * @throws {TpksError} as `locateIdentity`; `usage` for a CA that cannot be read.
 */
export function resolveContext(input: AddressInput): Context | UaaOnly | undefined {
  const { settings, env } = input;
  const located = locateIdentity(input);
  switch (located?.kind) {
    case undefined:
      return undefined;
    case 'stored': {
      const found = getOwnValue(settings.contexts, located.name);
      return found && toStoredContext(located.name, found, located.source, env);
    }
    case 'environment':
      return toEnvironmentIdentity(located.login, located.addresses, input);
    case 'uaa': {
      const { addresses, alternative, candidates } = located;
      const { api, uaa, sources } = addresses;
      const { source: caCert, ...trust } = resolveTrust(addresses, input);
      return { api, uaa, ...trust, sources: { ...sources, caCert }, alternative, candidates };
    }
  }
}

function toStoredContext(
  name: string,
  settings: ContextSettings,
  source: Source,
  env: Environment,
): StoredContext {
  const { TPKS_CA_CERT: caCertSetting } = env;
  const ownSource = settings.caCert === undefined ? 'default' : 'context';
  const api = settings.api ?? defaultApiOf(settings.uaa);
  return {
    ...settings,
    ...(api === undefined ? {} : { api }),
    // A CA in the environment replaces an earlier -k.
    ...(caCertSetting === undefined
      ? {}
      : { caCert: readCaCert(caCertSetting), skipTlsVerification: false }),
    name,
    sources: {
      name: source,
      api: settings.api === undefined ? 'default' : 'context',
      uaa: 'context',
      caCert: caCertSetting === undefined ? ownSource : 'variable TPKS_CA_CERT',
      identity: 'context',
    },
  };
}

function toEnvironmentIdentity(
  { identity, variable }: EnvironmentLogin,
  addresses: Addresses,
  input: AddressInput,
): EnvironmentIdentity {
  const { api, uaa, sources, isUaaGuessed } = addresses;
  const { caCert, source, skipTlsVerification } = resolveTrust(addresses, input);
  return {
    name: `${identity}@${new URL(api ?? uaa).hostname}`,
    identity,
    ...toEnvironmentGrant(variable, identity, input.env),
    api,
    uaa,
    ...(isUaaGuessed === true ? { isUaaGuessed } : {}),
    ...(caCert === undefined ? {} : { caCert }),
    // Only for a UAA that is named explicitly, because the API is called too.
    skipTlsVerification: skipTlsVerification && sources.uaa === 'variable TPKS_UAA_URL',
    store: 'none',
    sources: {
      ...sources,
      name: 'variable TPKS_API',
      caCert: source,
      identity: `variable ${variable}`,
    },
  };
}

function toEnvironmentGrant(
  variable: EnvironmentLogin['variable'],
  identity: string,
  { TPKS_CLIENT_NAME: clientName = defaultCiClient }: Environment,
) {
  switch (variable) {
    case 'TPKS_CI_LOGIN':
      return { grant: 'jwt_bearer', clientId: clientName } as const;
    case 'TPKS_CLIENT_NAME':
      return { grant: 'client_credentials', clientId: identity } as const;
    case 'TPKS_USERNAME':
      return { grant: 'password', clientId: 'pks_cli' } as const;
  }
}

/** Reads the scopes of the token of a stored context. @returns `undefined` if it has no session. */
export type ReadScopes = (context: StoredContext) => Promise<readonly string[] | undefined>;

/** Like `resolveContext`, but falls back to the other role's identity if its scopes allow this role. */
export async function resolveIdentity(
  input: AddressInput,
  readScopes: ReadScopes,
): Promise<Context | UaaOnly | undefined> {
  const { settings, env, role = 'pks' } = input;
  const found = resolveContext(input);
  if (found === undefined || found.name !== undefined) return withAssumedApi(found, input);
  const { alternative } = found;
  const stored = alternative && getOwnValue(settings.contexts, alternative);
  if (alternative === undefined || !stored) return found;
  const { api, uaa } = found.sources;
  const source = [api, uaa].find(isExplicit) ?? 'default';
  const context = toStoredContext(alternative, stored, source, env);
  const scopes = await readScopes(context);
  if (scopes === undefined) return { ...found, isAlternativeLoggedOut: true };
  return isAllowed(role, scopes) ? withAssumedApi(context, input) : found;
}

export function isAllowed(role: Role, scopes: readonly string[]): boolean {
  return scopes.some((scope) =>
    role === 'pks'
      ? scope.startsWith(`${pksScopeFamily}.`)
      : /^(?:uaa\.admin$|scim\.|clients\.)/.test(scope),
  );
}

/**
 * Adds an API to a context that `tpks uaa` stored without one: the API in TPKS_API, otherwise a checked
 * API of the same UAA, otherwise port 9021 on the UAA's host. Only PKS commands need it.
 * @returns `undefined` if TPKS_API is another API, and TPKS_UAA_URL is not the UAA of the context.
 */
function withAssumedApi(found: Context | undefined, input: AddressInput): Context | undefined {
  const { settings, env, flags, role = 'pks' } = input;
  if (role !== 'pks' || found === undefined || found.store === 'none') return found;
  if (getOwnValue(settings.contexts, found.name)?.api !== undefined) return found;
  const { uaa } = found;
  const ownApi = apiOf({ uaa, api: findApi(uaa, listStoredInstallations(settings)) });
  const isPair = env.TPKS_UAA_URL !== undefined && normalizeUaaUrl(env.TPKS_UAA_URL) === uaa;
  // A named context takes precedence over TPKS_API, unless the variables confirm its UAA.
  const isIgnored = !isPair && (flags?.context ?? env.TPKS_CONTEXT) !== undefined;
  const wanted =
    isIgnored || env.TPKS_API === undefined ? undefined : parseInstallation(env.TPKS_API).api;
  if (wanted !== undefined && wanted !== ownApi && !isPair) return undefined;
  const source = wanted === undefined ? 'default' : 'variable TPKS_API';
  const sources = { ...found.sources, api: source } as const;
  return { ...found, api: wanted ?? ownApi, sources, isApiUnconfirmed: true };
}

/**
 * Like `resolveIdentity`, for commands that need an identity.
 * @throws {TpksError} `unauthenticated` if no identity is found; `usage` if several contexts match, or
 *   if the credentials in the environment do not belong to the context.
 */
export async function requireContext(
  input: AddressInput,
  readScopes: ReadScopes,
): Promise<Context> {
  const found = await resolveIdentity(input, readScopes);
  if (found?.name === undefined) {
    rejectUnusedCredentials(undefined, input);
    throw missingIdentityError(found, input);
  }
  if (found.store !== 'none') rejectUnusedCredentials(found, input);
  return found;
}

/**
 * Rejects credentials in the environment that the command would ignore: without `TPKS_API`, it would
 * run as another identity. `--context` selects an identity explicitly.
 */
function rejectUnusedCredentials(
  context: StoredContext | undefined,
  { env, flags }: AddressInput,
): void {
  if (env.TPKS_API !== undefined || flags?.context !== undefined) return;
  const other = findEnvironmentLogins(env).find((login) => !isIdentityOf(login, context));
  if (other === undefined) return;
  const rest =
    context === undefined
      ? ''
      : `, and the current context ${context.name} does not belong to ${other.identity}`;
  throw new TpksError('usage', `${other.variable} is set, but TPKS_API is not${rest}`, {
    hint: `set TPKS_API to the API to log in to, or unset ${other.variable}`,
  });
}

function isIdentityOf(
  { identity, variable }: EnvironmentLogin,
  context: StoredContext | undefined,
): boolean {
  if (variable === 'TPKS_CI_LOGIN') return context?.grant === 'jwt_bearer';
  if (variable === 'TPKS_CLIENT_NAME') return context?.clientId === identity;
  if (context === undefined || context.grant === 'client_credentials') return false;
  // The UAA ignores the case of usernames.
  return context.identity.toLowerCase() === identity.toLowerCase();
}

const requiredScopes: Readonly<Record<Role, string>> = {
  pks: pksScopeFamily,
  uaa: 'uaa.admin, scim or clients',
};

function missingIdentityError(
  found: UaaOnly | undefined,
  { settings, env, role = 'pks', hasOriginalTexts = false }: AddressInput,
): TpksError {
  const { TPKS_API: api } = env;
  const candidates = found?.candidates ?? [];
  if (candidates.length > 1) {
    const variable = api === undefined ? 'TPKS_UAA_URL' : 'TPKS_API';
    return new TpksError(
      'usage',
      `${variable} matches ${candidates.length} contexts: ${candidates.join(', ')}`,
      { hint: 'choose one with --context NAME or TPKS_CONTEXT' },
    );
  }
  const { name, secrets } = env.TPKS_CLIENT_NAME === undefined ? userVariables : clientVariables;
  if (api !== undefined && env[name] !== undefined) {
    const [secret] = secrets;
    const key =
      name === 'TPKS_CLIENT_NAME' ? '; for a key, set TPKS_CLIENT_KEY or TPKS_CLIENT_KEY_FILE' : '';
    return new TpksError('usage', `TPKS_API and ${name} are set, but ${secret} is not`, {
      hint: `set ${secret}, or set ${secret}_FILE to the path of a file (- for stdin), or ${secret}_COMMAND to a command that prints it${key}`,
    });
  }
  for (const { name, secrets } of [clientVariables, userVariables]) {
    const [source] = secrets.flatMap((secret) => listSecretSources(env, secret));
    if (api === undefined || source === undefined || env[name] !== undefined) continue;
    throw new TpksError('usage', `TPKS_API and ${source} are set, but ${name} is not`, {
      hint: `set ${name}`,
    });
  }
  const alternative = explainAlternative(found, settings, role);
  const error =
    role === 'uaa' && found !== undefined
      ? missingTokenError(found, settings, alternative)
      : notLoggedInError(found, { settings, env, role }, alternative);
  if (api === undefined || hasOriginalTexts) return error;
  const nextHint =
    'in CI, set TPKS_CI_LOGIN=1 (tpks help ci), or TPKS_CLIENT_NAME and TPKS_CLIENT_SECRET';
  return rewordError(error, { nextHint });
}

/** The error of `tpks uaa`. */
function missingTokenError(
  { uaa, alternative }: UaaOnly,
  { contexts }: Settings,
  { reason, loginCommand }: UnusableAlternative,
): TpksError {
  const hasOther = Object.entries(contexts).some(
    ([name, context]) => context.uaa === uaa && name !== alternative,
  );
  const others = hasOther ? ', or tpks uaa context NAME' : '';
  const token = reason === '' ? 'token' : 'usable token';
  return new TpksError('unauthenticated', `There is no ${token} for ${uaa}${reason}`, {
    hint: `${loginCommand ?? 'tpks uaa token client get admin'}${others}`,
  });
}

/** The error of PKS commands, and of `tpks uaa` without an installation. */
function notLoggedInError(
  found: UaaOnly | undefined,
  { settings, env, role }: Pick<AddressInput, 'settings' | 'env' | 'role'>,
  { reason, loginCommand }: UnusableAlternative,
): TpksError {
  const { TPKS_API: api } = env;
  const hasContexts = Object.keys(settings.contexts).length > 0;
  const others = hasContexts ? ', or tpks context use NAME' : '';
  const installation =
    found === undefined
      ? `-a ${api ?? 'api.example.com'}`
      : found.api === undefined
        ? `-a API --uaa-url ${found.uaa}`
        : formatInstallationOptions({ api: found.api, uaa: found.uaa });
  const command =
    role === 'uaa'
      ? 'tpks uaa target api.example.com:8443, then tpks uaa token client get admin'
      : `tpks login ${installation} -u USER`;
  return new TpksError('unauthenticated', `${notAuthenticatedMessage}${reason}`, {
    hint: `${loginCommand ?? command}${others}`,
  });
}

/** Why the identity of the other role cannot be used. */
interface UnusableAlternative {
  /** Continues an error message; empty if there is no such identity. */
  readonly reason: string;
  /** The command that logs in again; `undefined` if that would not help. */
  readonly loginCommand?: string;
}

function explainAlternative(
  found: UaaOnly | undefined,
  { contexts }: Settings,
  role: Role,
): UnusableAlternative {
  const { alternative: name = '', isAlternativeLoggedOut = false } = found ?? {};
  const context = getOwnValue(contexts, name);
  if (context === undefined) return { reason: '' };
  if (!isAlternativeLoggedOut) {
    return { reason: `: the token of ${name} has no ${requiredScopes[role]} scope` };
  }
  return {
    reason: `: ${name} is logged out`,
    loginCommand: formatLoginCommand({ ...context, name }),
  };
}

/** A user, a client or a CI job in the environment. Its secret is read only when it is needed. */
export interface EnvironmentLogin {
  readonly identity: string;
  /** The variable that selects it. */
  readonly variable: 'TPKS_USERNAME' | 'TPKS_CLIENT_NAME' | 'TPKS_CI_LOGIN';
}

const userVariables = { name: 'TPKS_USERNAME', secrets: ['TPKS_PASSWORD'] } as const;
const clientVariables = {
  name: 'TPKS_CLIENT_NAME',
  secrets: ['TPKS_CLIENT_SECRET', 'TPKS_CLIENT_KEY'],
} as const;

/** Whether `TPKS_CI_LOGIN` selects the identity of a CI job. */
export function hasCiLogin(env: Environment): boolean {
  return isOn(env.TPKS_CI_LOGIN);
}

function findEnvironmentLogins(env: Environment): readonly EnvironmentLogin[] {
  // Its user is known only after the login.
  if (hasCiLogin(env)) return [{ identity: 'ci-job', variable: 'TPKS_CI_LOGIN' }];
  return [userVariables, clientVariables].flatMap(({ name, secrets }) => {
    const identity = env[name];
    const hasSecret = secrets.some((secret) => listSecretSources(env, secret).length > 0);
    return identity !== undefined && hasSecret ? [{ identity, variable: name }] : [];
  });
}

/** The identity that a secret belongs to, and the servers that it would be sent to. */
export interface Recipient {
  /** Name of the user, or id of the client. */
  readonly name: string;
  /** `undefined` if only a UAA is known. */
  readonly api?: string | undefined;
  readonly uaa: string;
}

/**
 * A secret may be used only for the user, client and installation that the environment names, if any.
 * @throws {TpksError} `usage` if `TPKS_API` or `TPKS_UAA_URL` is not an address.
 */
export function isForRecipient(
  recipient: Recipient,
  variable: SecretVariable,
  env: Environment,
): boolean {
  const own = [userVariables, clientVariables].find(({ secrets }) =>
    secrets.some((each) => each === variable),
  );
  // The identity that the environment names as the owner of the secret.
  const owner = own && env[own.name];
  return (owner === undefined || owner === recipient.name) && isForInstallation(recipient, env);
}
