import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Role } from '../../platform/config/settings.js';
import { pksScopeFamily } from '../../base/pks-conventions.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import type { AddressInput } from './addresses.js';
import type { Context, StoredContext, UaaOnly } from './context.js';
import {
  apiOf,
  findApi,
  formatInstallationOptions,
  listStoredInstallations,
  normalizeUaaUrl,
  parseInstallation,
} from './installation.js';
import { findEnvironmentLogins, type EnvironmentLogin } from './locate.js';
import { formatLoginCommand } from './login-command.js';
import { resolveContext, toStoredContext } from './resolve-context.js';

/** Reads the scopes of the token of a stored context. @returns `undefined` if it has no session. */
export type ReadScopes = (context: StoredContext) => Promise<readonly string[] | undefined>;

/**
 * Like `resolveContext`. If the role has no identity at the installation, the identity of the other role
 * is used if its token has a scope for this role.
 */
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
  const source = [api, uaa].find((each) => /^flag|^variable/.test(each)) ?? 'default';
  const context = toStoredContext(alternative, stored, source, env);
  const scopes = await readScopes(context);
  if (scopes === undefined) return { ...found, isAlternativeLoggedOut: true };
  return isAllowed(role, scopes) ? withAssumedApi(context, input) : found;
}

/** Whether a token with these scopes can be used for a role. */
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
  const [name, secret] = other.isClient
    ? (['TPKS_CLIENT_NAME', 'TPKS_CLIENT_SECRET'] as const)
    : (['TPKS_USERNAME', 'TPKS_PASSWORD'] as const);
  const variables = `${name} and ${secret}${env[secret] === undefined ? '_FILE' : ''}`;
  const rest =
    context === undefined
      ? ''
      : `, and the current context ${context.name} does not belong to ${other.identity}`;
  throw new TpksError('usage', `${variables} are set, but TPKS_API is not${rest}`, {
    hint: `set TPKS_API to the API that these credentials are for, or unset ${name}`,
  });
}

function isIdentityOf(
  { identity, isClient }: EnvironmentLogin,
  context: StoredContext | undefined,
): boolean {
  if (isClient) return context?.clientId === identity;
  if (context === undefined || context.grant === 'client_credentials') return false;
  // The UAA ignores the case of usernames.
  return context.identity.toLowerCase() === identity.toLowerCase();
}

const requiredScopes: Readonly<Record<Role, string>> = {
  pks: pksScopeFamily,
  uaa: 'uaa.admin, scim or clients',
};

/** @returns the error that explains why no identity was found. */
function missingIdentityError(
  found: UaaOnly | undefined,
  { settings, env, role = 'pks' }: AddressInput,
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
  const [variable, secret] =
    env.TPKS_CLIENT_NAME === undefined
      ? ['TPKS_USERNAME', 'TPKS_PASSWORD']
      : ['TPKS_CLIENT_NAME', 'TPKS_CLIENT_SECRET'];
  if (api !== undefined && (env.TPKS_CLIENT_NAME ?? env.TPKS_USERNAME) !== undefined) {
    return new TpksError('usage', `TPKS_API and ${variable} are set, but ${secret} is not`, {
      hint: `set ${secret}, or set ${secret}_FILE to the path of a file (- for stdin)`,
    });
  }
  const { reason = '', loginCommand } = explainAlternative(found, settings, role) ?? {};
  if (role === 'uaa' && found !== undefined) {
    const { uaa, alternative } = found;
    const hasOther = Object.entries(settings.contexts).some(
      ([name, context]) => context.uaa === uaa && name !== alternative,
    );
    const others = hasOther ? ', or tpks uaa context NAME' : '';
    const token = reason === '' ? 'token' : 'usable token';
    return new TpksError('unauthenticated', `There is no ${token} for ${uaa}${reason}`, {
      hint: `${loginCommand ?? 'tpks uaa token client get admin'}${others}`,
    });
  }
  const contexts = Object.values(settings.contexts);
  const others = contexts.length > 0 ? ', or tpks context use NAME' : '';
  const hasUaaToken = contexts.some((each) => each.api === undefined);
  const pairHint =
    hasUaaToken && api !== undefined && env.TPKS_UAA_URL === undefined
      ? '\nto use a token from tpks uaa with this API, also set TPKS_UAA_URL to the UAA of this API'
      : '';
  const installation =
    found === undefined
      ? `-a ${api ?? 'api.example.com'}`
      : found.api === undefined
        ? `-a API --uaa-url ${found.uaa}`
        : formatInstallationOptions({ api: found.api, uaa: found.uaa });
  return new TpksError('unauthenticated', `${notAuthenticatedMessage}${reason}`, {
    hint: `${loginCommand ?? `tpks login ${installation} -u USER`}${others}${pairHint}`,
  });
}

/** Why the identity of the other role cannot be used, and if it is logged out, the command that logs in. */
function explainAlternative(
  found: UaaOnly | undefined,
  { contexts }: AddressInput['settings'],
  role: Role,
): { readonly reason: string; readonly loginCommand?: string } | undefined {
  const { alternative: name = '', isAlternativeLoggedOut = false } = found ?? {};
  const context = getOwnValue(contexts, name);
  if (context === undefined) return undefined;
  if (!isAlternativeLoggedOut) {
    return { reason: `: the token of ${name} has no ${requiredScopes[role]} scope` };
  }
  return {
    reason: `: ${name} is logged out`,
    loginCommand: formatLoginCommand({ ...context, name }),
  };
}
