import { formatTrustCommand } from '../auth/login-command.js';
import type { Environment } from '../config/environment.js';
import type { Settings } from '../config/settings.js';
import type { Context, UaaOnly } from '../contexts/context.js';
import { resolveContext } from '../contexts/resolve-context.js';
import { findCurrentTarget, formatTrustTargetCommand } from '../contexts/targets.js';
import { pass, skip, type CheckResult } from './check.js';
import type { Server } from './server.js';

/** The identities and the servers to check. */
export interface Selection {
  /** The context of the PKS commands; `undefined` without one. */
  readonly context: Context | undefined;
  /** The context of `tpks uaa`, which may be the same; `undefined` without one. */
  readonly uaaContext: Context | undefined;
  readonly servers: readonly Server[];
}

export interface SelectionInput {
  readonly settings: Settings;
  readonly env: Environment;
  /** `--context` */
  readonly context: string | undefined;
}

/**
 * Selects the servers of the current context, and the UAA that `tpks uaa` uses if it is another one.
 * @throws {TpksError} `notFound` for an unknown context; `usage` for an invalid variable
 */
export function resolveSelection({ settings, env, context }: SelectionInput): Selection {
  const input = { settings, env, flags: { context } };
  const current = resolveContext(input);
  const forUaa = resolveContext({ ...input, forUaa: true }) ?? findTargetOnly(settings);
  const servers = [current, forUaa].flatMap((each) => (each === undefined ? [] : toServers(each)));
  return {
    context: toIdentity(current),
    uaaContext: toIdentity(forUaa),
    servers: servers.filter(
      ({ url }, index) => servers.findIndex((each) => each.url === url) === index,
    ),
  };
}

/** Finds a target that was set without a login. */
function findTargetOnly(settings: Settings): UaaOnly | undefined {
  const target = findCurrentTarget(settings);
  if (target === undefined) return undefined;
  const sources = { api: 'default', uaa: 'context', caCert: 'context' } as const;
  const { uaa, caCert, skipTlsVerification } = target;
  return { uaa, caCert, skipTlsVerification, sources, candidates: [] };
}

function toIdentity(found: Context | UaaOnly | undefined): Context | undefined {
  return found?.name === undefined ? undefined : found;
}

function toServers(found: Context | UaaOnly): readonly Server[] {
  const { api, uaa, caCert, skipTlsVerification, sources } = found;
  const context = toIdentity(found);
  const trustCommand =
    context === undefined ? formatTrustTargetCommand(uaa) : trustCommandOf(context);
  const trust = { caCert, skipTlsVerification, trustCommand };
  const common = { trust, caSource: sources.caCert, context };
  // An API that was not named explicitly is only a guess: the UAA may belong to another product.
  const isApiKnown = api !== undefined && sources.api !== 'default';
  return [
    ...(isApiKnown ? [{ ...common, role: 'API', url: api } as const] : []),
    { ...common, role: 'UAA', url: uaa },
  ];
}

/** The trust settings of a context from the environment can only be changed there. */
function trustCommandOf(context: Context): string | undefined {
  return context.store === 'none' ? undefined : formatTrustCommand(context);
}

/** Reports which contexts are checked. */
export function describeSelection({ context, uaaContext, servers }: Selection): CheckResult {
  const names = [context, uaaContext].flatMap((each) => (each === undefined ? [] : [each.name]));
  if (names.length > 0) return pass('context', [...new Set(names)].join(', and for tpks uaa: '));
  return skip(
    'context',
    servers.length === 0
      ? 'no context yet: log in with tpks login -a api.example.com'
      : 'no context for these servers: log in with tpks login',
  );
}
