import { readCaCert } from '../config/ca-cert.js';
import type { ContextSettings, Settings } from '../config/settings.js';
import { TpksError } from '../errors.js';
import { notAuthenticated } from '../http/bearer.js';
import type { StoreKind } from '../keychain/keychain.js';
import { apiBeside, installation, uaaBase, type Installation } from './installation.js';

/** Where a value comes from, in the words of `tpks status`. */
export type Source = 'flag --context' | 'context' | 'default' | `variable ${string}`;

/** One identity at one installation, resolved for this run. */
export interface Context extends Omit<ContextSettings, 'store'> {
  readonly name: string;
  /** `none`: made from the environment alone; its token lives in memory. */
  readonly store: StoreKind;
  readonly sources: Readonly<Record<'name' | 'api' | 'uaa' | 'caCert' | 'identity', Source>>;
}

export interface ChooseInput {
  readonly settings: Settings;
  readonly env: NodeJS.ProcessEnv;
  /** `--context`. */
  readonly flag?: string | undefined;
  /** For `tpks uaa`: `currentUaa` comes before `current`. */
  readonly forUaa?: boolean;
}

/**
 * The context for this run: `--context`, `TPKS_CONTEXT`, the environment (`TPKS_API` with
 * credentials), then the current one.
 * @throws {TpksError} `notFound` for an unknown name; `unauthenticated` when there is none.
 */
export function chooseContext(input: ChooseInput): Context {
  const { settings, env, flag } = input;
  const named = flag ?? (env['TPKS_CONTEXT'] || undefined);
  if (named !== undefined) {
    return stored(input, named, flag === undefined ? 'variable TPKS_CONTEXT' : 'flag --context');
  }
  if (env['TPKS_API']) return environmentContext(env) ?? contextOfApi(input, env['TPKS_API']);
  const current = input.forUaa === true ? currentUaa(settings) : settings.current;
  if (current === undefined) throw nobody(input);
  return stored(input, current, 'default');
}

/**
 * A context made of the environment alone: `TPKS_API` and a user or client name with a secret.
 * Whether the secret can be had is found out when it is needed.
 */
function environmentContext(env: NodeJS.ProcessEnv): Context | undefined {
  const api = env['TPKS_API'];
  const user = has(env, 'TPKS_PASSWORD') ? env['TPKS_USERNAME'] : undefined;
  const client = has(env, 'TPKS_CLIENT_SECRET') ? env['TPKS_CLIENT_NAME'] : undefined;
  const identity = user || client;
  if (!api || !identity) return undefined;
  const caCert = env['TPKS_CA_CERT'];
  return {
    ...environmentInstallation(env, api),
    name: `${identity}@${new URL(installation(api).api).hostname}`,
    identity,
    grant: user ? 'password' : 'client_credentials',
    clientId: user ? 'pks_cli' : identity,
    ...(caCert ? { caCert: readCaCert(caCert) } : {}),
    skipTlsVerification: false,
    store: 'none',
    sources: {
      name: 'variable TPKS_API',
      api: 'variable TPKS_API',
      uaa: env['TPKS_UAA_URL'] ? 'variable TPKS_UAA_URL' : 'default',
      caCert: caCert ? 'variable TPKS_CA_CERT' : 'default',
      identity: user ? 'variable TPKS_USERNAME' : 'variable TPKS_CLIENT_NAME',
    },
  };
}

/**
 * Where `TPKS_API` and `TPKS_UAA_URL` point to.
 * @throws {TpksError} `usage`
 */
function environmentInstallation(env: NodeJS.ProcessEnv, api: string): Installation {
  return installation(api, env['TPKS_UAA_URL'] || undefined);
}

/** The context that `tpks uaa` works with: never one of another UAA than the one targeted. */
function currentUaa({ currentUaa, current, uaaTarget, contexts }: Settings): string | undefined {
  if (currentUaa !== undefined) return currentUaa;
  const uaa = current === undefined ? undefined : contexts[current]?.uaa;
  return uaaTarget === undefined || uaa === uaaTarget ? current : undefined;
}

function has(env: NodeJS.ProcessEnv, secret: string): boolean {
  return env[secret] !== undefined || Boolean(env[`${secret}_FILE`]);
}

function stored({ settings, env }: ChooseInput, name: string, source: Source): Context {
  const found = Object.hasOwn(settings.contexts, name) ? settings.contexts[name] : undefined;
  if (found === undefined) {
    throw new TpksError('notFound', `There is no context named ${name}`, {
      hint: 'tpks contexts lists them; tpks login makes one',
    });
  }
  const caCert = env['TPKS_CA_CERT'];
  return {
    ...found,
    name,
    ...(caCert ? { caCert: readCaCert(caCert) } : {}),
    sources: {
      name: source,
      api: 'context',
      uaa: 'context',
      caCert: caCert ? 'variable TPKS_CA_CERT' : found.caCert === undefined ? 'default' : 'context',
      identity: 'context',
    },
  };
}

/** `TPKS_API` without credentials chooses among the stored contexts, and never sends elsewhere. */
function contextOfApi(input: ChooseInput, typed: string): Context {
  const { settings, env } = input;
  const { api } = environmentInstallation(env, typed);
  const uaa = env['TPKS_UAA_URL'] ? uaaBase(env['TPKS_UAA_URL']) : undefined;
  const fits = (name: string): boolean => {
    const context = settings.contexts[name];
    if (context === undefined) return false;
    return (
      (context.api ?? apiBeside(context.uaa)) === api && (uaa === undefined || context.uaa === uaa)
    );
  };
  const names = Object.keys(settings.contexts).filter(fits);
  const preferred = [settings.currentUaa, settings.current].filter((name) => name !== undefined);
  const order = input.forUaa === true ? preferred : preferred.reverse();
  const chosen =
    order.find((name) => names.includes(name)) ?? (names.length === 1 ? names[0] : undefined);
  if (chosen !== undefined) return stored(input, chosen, 'variable TPKS_API');
  if (names.length === 0) throw nobody(input);
  throw new TpksError(
    'usage',
    `TPKS_API fits ${String(names.length)} contexts: ${names.join(', ')}`,
    {
      hint: 'say which with --context NAME or TPKS_CONTEXT',
    },
  );
}

function nobody({ settings, env, forUaa = false }: ChooseInput): TpksError {
  const half = env['TPKS_CLIENT_NAME'] ? 'TPKS_CLIENT_SECRET' : 'TPKS_PASSWORD';
  if (env['TPKS_API'] && (env['TPKS_CLIENT_NAME'] || env['TPKS_USERNAME'])) {
    return new TpksError('usage', `TPKS_API and a name are set, but ${half} is not`, {
      hint: `set ${half}, or ${half}_FILE to a file (- for standard input)`,
    });
  }
  if (forUaa && settings.uaaTarget !== undefined && !env['TPKS_API']) {
    return new TpksError('unauthenticated', `There is no token for ${settings.uaaTarget}`, {
      hint: 'tpks uaa token client get admin',
    });
  }
  const others = Object.keys(settings.contexts).length > 0 ? ', or tpks context use NAME' : '';
  return new TpksError('unauthenticated', notAuthenticated, {
    hint: `tpks login -a ${env['TPKS_API'] ?? 'api.example.com'} -u USER${others}`,
  });
}
