import type { Environment, SecretVariable } from '../config/environment.js';
import type { Context, Source } from './context.js';
import { apiBeside } from './installation.js';
import { readCaCert } from '../config/ca-cert.js';
import type { ContextSettings, Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { notAuthenticated } from '../http/bearer.js';
import { contextNamed, resolveAddresses, type Addresses } from './addresses.js';
import { knownCaCert } from './known-installations.js';

export interface ChooseInput {
  readonly settings: Settings;
  readonly env: Environment;
  /** `--context`. */
  readonly flag?: string | undefined;
  /** For `tpks uaa`: `currentUaa` comes before `current`. */
  readonly forUaa?: boolean;
}

/**
 * The context for this run: `--context`, `TPKS_CONTEXT`, the environment (`TPKS_API` with
 * credentials), the stored context of the servers that the environment names, then the current one.
 * @throws {TpksError} `notFound` for an unknown name; `unauthenticated` without a context; `usage` for
 *   an API and a UAA of different installations.
 */
export function chooseContext(input: ChooseInput): Context {
  const { settings, env, flag, forUaa } = input;
  const addresses = resolveAddresses({ settings, env, flags: { context: flag }, forUaa });
  if (addresses === undefined) {
    const pointer = (forUaa === true ? settings.currentUaa : undefined) ?? settings.current;
    if (pointer !== undefined) contextNamed(pointer, settings);
    throw missing(input);
  }
  const { context: name } = addresses;
  if (name !== undefined) {
    return stored(name, contextNamed(name, settings), nameSource(input), env);
  }
  return environmentContext(input, addresses) ?? storedAt(addresses, input);
}

function nameSource({ env, flag }: ChooseInput): Source {
  if (flag !== undefined) return 'flag --context';
  return env.TPKS_CONTEXT ? 'variable TPKS_CONTEXT' : 'default';
}

/**
 * A context that the environment describes: `TPKS_API`, and a user or a client with a secret.
 * The secret is read only when it is needed.
 */
function environmentContext(
  { settings, env }: ChooseInput,
  { api, uaa, sources }: Addresses,
): Context | undefined {
  const user = has(env, 'TPKS_PASSWORD') ? env.TPKS_USERNAME : undefined;
  const client = has(env, 'TPKS_CLIENT_SECRET') ? env.TPKS_CLIENT_NAME : undefined;
  const identity = user || client;
  if (!env.TPKS_API || api === undefined || !identity) return undefined;
  const ownCaCert = env.TPKS_CA_CERT;
  const caCert =
    ownCaCert === undefined ? knownCaCert(settings, { api, uaa }) : readCaCert(ownCaCert);
  return {
    api,
    uaa,
    name: `${identity}@${new URL(api).hostname}`,
    identity,
    grant: user ? 'password' : 'client_credentials',
    clientId: user ? 'pks_cli' : identity,
    ...(caCert === undefined ? {} : { caCert }),
    skipTlsVerification: false,
    store: 'none',
    sources: {
      ...sources,
      name: 'variable TPKS_API',
      caCert: ownCaCert ? 'variable TPKS_CA_CERT' : caCert === undefined ? 'default' : 'context',
      identity: user ? 'variable TPKS_USERNAME' : 'variable TPKS_CLIENT_NAME',
    },
  };
}

function has(env: Environment, secret: SecretVariable): boolean {
  return (env[secret] ?? env[`${secret}_FILE`]) !== undefined;
}

function stored(
  name: string,
  settings: ContextSettings,
  source: Source,
  env: Environment,
): Context {
  const caCert = env.TPKS_CA_CERT;
  const ownSource = settings.caCert === undefined ? 'default' : 'context';
  const api = settings.api ?? apiBeside(settings.uaa);
  return {
    ...settings,
    ...(api === undefined ? {} : { api }),
    name,
    ...(caCert ? { caCert: readCaCert(caCert) } : {}),
    sources: {
      name: source,
      api: settings.api === undefined ? 'default' : 'context',
      uaa: 'context',
      caCert: caCert ? 'variable TPKS_CA_CERT' : ownSource,
      identity: 'context',
    },
  };
}

/** Finds the stored context if only servers were given, without an identity. */
function storedAt({ api, uaa, sources }: Addresses, input: ChooseInput): Context {
  const { settings, env, forUaa = false } = input;
  const variable = env.TPKS_API ? 'TPKS_API' : 'TPKS_UAA_URL';
  if (sources.api === 'default' && sources.uaa === 'default') throw missing(input);
  // If only a UAA is named, any API that accepts its tokens matches.
  const isApiGiven = sources.api !== 'default';
  const matching = Object.entries(settings.contexts).filter(
    ([, context]) =>
      context.uaa === uaa && (!isApiGiven || (context.api ?? apiBeside(context.uaa)) === api),
  );
  const remembered = settings.targets.find((target) => target.uaa === uaa)?.context;
  const order = forUaa
    ? [settings.currentUaa, settings.current, remembered]
    : [settings.current, settings.currentUaa];
  const preferred = order.flatMap((name) => matching.filter(([each]) => each === name))[0];
  const chosen = preferred ?? (matching.length === 1 ? matching[0] : undefined);
  if (chosen !== undefined) return stored(...chosen, `variable ${variable}`, env);
  if (matching.length === 0) throw missing(input);
  const names = matching.map(([name]) => name).join(', ');
  throw new TpksError('usage', `${variable} matches ${matching.length} contexts: ${names}`, {
    hint: 'choose one with --context NAME or TPKS_CONTEXT',
  });
}

/** The error for a missing context, with the reason. */
function missing({ settings, env, forUaa = false }: ChooseInput): TpksError {
  const { TPKS_API: api, TPKS_UAA_URL: uaaUrl } = env;
  const secret = env.TPKS_CLIENT_NAME ? 'TPKS_CLIENT_SECRET' : 'TPKS_PASSWORD';
  if (api && (env.TPKS_CLIENT_NAME || env.TPKS_USERNAME)) {
    return new TpksError('usage', `TPKS_API and a name are set, but ${secret} is not`, {
      hint: `set ${secret}, or ${secret}_FILE to a file (- for standard input)`,
    });
  }
  const target = forUaa && !api ? uaaUrl || settings.uaaTarget : undefined;
  if (target) {
    return new TpksError('unauthenticated', `There is no token for ${target}`, {
      hint: 'tpks uaa token client get admin',
    });
  }
  const others = Object.keys(settings.contexts).length > 0 ? ', or tpks context use NAME' : '';
  return new TpksError('unauthenticated', notAuthenticated, {
    hint: `tpks login -a ${api || 'api.example.com'} -u USER${others}`,
  });
}
