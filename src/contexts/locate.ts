import type { Environment, SecretVariable } from '../config/environment.js';
import { resolveAddresses, type AddressInput, type Addresses } from './addresses.js';
import type { Source } from './context.js';
import { apiBeside } from './installation.js';

/** Which identity a run uses, and where. Neither certificates nor secrets have been read. */
export type Located =
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
      /** Names of the contexts at these addresses, if none could be chosen. */
      readonly candidates: readonly string[];
    };

/** A user or a client in the environment, with a secret that is read only when it is needed. */
export interface EnvironmentLogin {
  readonly identity: string;
  readonly isClient: boolean;
}

/**
 * Decides between the stored contexts, the identity in the environment and a bare UAA:
 * `--context`, `TPKS_CONTEXT`, the environment (`TPKS_API` with credentials), the stored context of
 * the servers that flags and variables name, then the current context.
 * @returns `undefined` if no flag, variable or context names a server.
 * @throws {TpksError} `notFound` for an unknown context; `usage` for an API and a UAA of different
 *   installations.
 */
export function locate(input: AddressInput): Located | undefined {
  const { env } = input;
  const addresses = resolveAddresses(input);
  if (addresses === undefined) return undefined;
  const { api, context } = addresses;
  if (context !== undefined) return { kind: 'stored', name: context, source: nameSource(input) };
  const [login] = environmentLogins(env);
  if (env.TPKS_API !== undefined && api !== undefined && login !== undefined) {
    return { kind: 'environment', ...login, addresses };
  }
  return atAddresses(addresses, input);
}

/** The users and clients in the environment that have a secret: at most one of each. */
export function environmentLogins(env: Environment): readonly EnvironmentLogin[] {
  const has = (secret: SecretVariable) => (env[secret] ?? env[`${secret}_FILE`]) !== undefined;
  const { TPKS_USERNAME: user, TPKS_CLIENT_NAME: client } = env;
  return [
    ...(user !== undefined && has('TPKS_PASSWORD') ? [{ identity: user, isClient: false }] : []),
    ...(client !== undefined && has('TPKS_CLIENT_SECRET')
      ? [{ identity: client, isClient: true }]
      : []),
  ];
}

function nameSource({ env, flags }: AddressInput): Source {
  if (flags?.context !== undefined) return 'flag --context';
  return env.TPKS_CONTEXT === undefined ? 'default' : 'variable TPKS_CONTEXT';
}

/** Finds the stored context if only servers are given, without an identity. */
function atAddresses(addresses: Addresses, input: AddressInput): Located {
  const { settings, forUaa = false } = input;
  const { api, uaa, sources } = addresses;
  const given = [sources.api, sources.uaa].find(
    (source) => source !== 'default' && source !== 'context',
  );
  if (given === undefined) return { kind: 'uaa', addresses, candidates: [] };
  // If only a UAA is named, any API that accepts its tokens matches.
  const isApiGiven = sources.api !== 'default';
  const matching = Object.entries(settings.contexts)
    .filter(
      ([, context]) =>
        context.uaa === uaa && (!isApiGiven || (context.api ?? apiBeside(context.uaa)) === api),
    )
    .map(([name]) => name);
  const remembered = settings.targets.find((target) => target.uaa === uaa)?.context;
  const order = forUaa
    ? [settings.currentUaa, settings.current, remembered]
    : [settings.current, settings.currentUaa];
  const preferred = order.find((name) => name !== undefined && matching.includes(name));
  const name = preferred ?? (matching.length === 1 ? matching[0] : undefined);
  if (name !== undefined) return { kind: 'stored', name, source: given };
  return { kind: 'uaa', addresses, candidates: matching };
}
