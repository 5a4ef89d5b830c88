import type { Environment, SecretVariable } from '../../platform/config/environment.js';
import type { Role } from '../../platform/config/settings.js';
import { resolveAddresses, type AddressInput, type Addresses } from './addresses.js';
import type { Source } from './context.js';
import { findIdentities, otherRole } from './selection.js';

/** The identity and the addresses of a run, before certificates and secrets are read. */
export type LocatedIdentity =
  | {
      readonly kind: 'stored';
      readonly name: string;
      /** Source of the name, for `status`. */
      readonly source: Source;
    }
  | ({ readonly kind: 'environment'; readonly addresses: Addresses } & EnvironmentLogin)
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

/** A user or a client in the environment. Its secret is read only when it is needed. */
export interface EnvironmentLogin {
  readonly identity: string;
  readonly isClient: boolean;
}

/**
 * Selects a stored context, the identity in the environment, or a UAA without an identity. The order
 * is `--context`, `TPKS_CONTEXT`, the environment (`TPKS_API` with credentials), the stored context of
 * the addresses in flags and variables, and then the context of the role at the current installation.
 * @returns `undefined` if no flag or variable provides an address, and no installation is selected.
 * @throws {TpksError} `notFound` for an unknown context; `usage` for an API and a UAA of different
 *   installations.
 */
export function locateIdentity(input: AddressInput): LocatedIdentity | undefined {
  const { env } = input;
  const addresses = resolveAddresses(input);
  if (addresses === undefined) return undefined;
  const { api, context } = addresses;
  if (context !== undefined)
    return { kind: 'stored', name: context, source: findNameSource(input) };
  const [login] = findEnvironmentLogins(env);
  if (env.TPKS_API !== undefined && api !== undefined && login !== undefined) {
    return { kind: 'environment', ...login, addresses };
  }
  return locateAtAddresses(addresses, input);
}

/** Finds the user and the client in the environment that have a secret. */
export function findEnvironmentLogins(env: Environment): readonly EnvironmentLogin[] {
  const has = (secret: SecretVariable) => (env[secret] ?? env[`${secret}_FILE`]) !== undefined;
  const { TPKS_USERNAME: user, TPKS_CLIENT_NAME: client } = env;
  return [
    ...(user !== undefined && has('TPKS_PASSWORD') ? [{ identity: user, isClient: false }] : []),
    ...(client !== undefined && has('TPKS_CLIENT_SECRET')
      ? [{ identity: client, isClient: true }]
      : []),
  ];
}

function findNameSource({ env, flags }: AddressInput): Source {
  if (flags?.context !== undefined) return 'flag --context';
  return env.TPKS_CONTEXT === undefined ? 'default' : 'variable TPKS_CONTEXT';
}

/** Finds the context that the role uses at these addresses. */
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
  const source = [sources.api, sources.uaa].find((each) => /^flag|^variable/.test(each));
  const only = source !== undefined && matching.length === 1 ? matching[0] : undefined;
  const alternative = find(otherRole(role)) ?? only;
  const name = find(role) ?? (acceptsOtherRole ? alternative : undefined);
  if (name !== undefined) return { kind: 'stored', name, source: source ?? 'default' };
  const candidates = source === undefined || alternative !== undefined ? [] : matching;
  return { kind: 'uaa', addresses, alternative, candidates };
}
