import type { Environment } from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import type { Context, Source, UaaOnly } from '../contexts/context.js';
import { resolveIdentity, type ReadScopes } from '../contexts/identity.js';
import { formatTrustCommand } from '../contexts/login-command.js';
import { formatTrustTargetCommand } from '../contexts/targets.js';
import { pass, skip, type CheckResult } from './check.js';

/** A server that tpks calls, with the settings of the context or the target. */
export interface Server {
  readonly role: 'API' | 'UAA';
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly trust: Trust;
  /** Source of the given CA; `default` if no CA was given. */
  readonly caSource: Source;
  /** The context that calls the server; `undefined` for a UAA without an identity. */
  readonly context: Context | undefined;
}

/** Returns the host and the port, always with the port. */
export function addressOf({ url }: Pick<Server, 'url'>): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '443'}`;
}

/** The identities and the servers to check. */
export interface Selection {
  /** The context of the PKS commands; `undefined` without one. */
  readonly context: Context | undefined;
  /** The context of `tpks uaa`, which may be the same; `undefined` without one. */
  readonly uaaContext: Context | undefined;
  readonly servers: readonly Server[];
}

/**
 * Selects the servers of the current installation, or of the one in options and variables.
 * @param context - `--context`
 * @throws {TpksError} `notFound` for an unknown context; `usage` for an invalid variable
 */
export async function resolveSelection(
  settings: Settings,
  env: Environment,
  context: string | undefined,
  readScopes: ReadScopes,
): Promise<Selection> {
  const input = { settings, env, flags: { context } };
  const [current, forUaa] = await Promise.all([
    resolveIdentity({ ...input, role: 'pks' }, readScopes),
    resolveIdentity({ ...input, role: 'uaa' }, readScopes),
  ]);
  const servers = [current, forUaa].flatMap((each) => (each === undefined ? [] : toServers(each)));
  return {
    context: toIdentity(current),
    uaaContext: toIdentity(forUaa),
    servers: servers.filter(
      ({ url }, index) => servers.findIndex((each) => each.url === url) === index,
    ),
  };
}

function toIdentity(found: Context | UaaOnly | undefined): Context | undefined {
  return found?.name === undefined ? undefined : found;
}

function toServers(found: Context | UaaOnly): readonly Server[] {
  const { api, uaa, caCert, skipTlsVerification, sources } = found;
  const context = toIdentity(found);
  // The trust settings of a context from the environment can only be changed there.
  const trustCommand =
    context === undefined
      ? formatTrustTargetCommand(uaa)
      : context.store === 'none'
        ? undefined
        : formatTrustCommand(context);
  const trust = { caCert, skipTlsVerification, trustCommand };
  const common = { trust, caSource: sources.caCert, context };
  const uaaServer: Server = { ...common, role: 'UAA', url: uaa };
  // An API that was not named explicitly is only a guess: the UAA may belong to another product.
  if (api === undefined || sources.api === 'default') return [uaaServer];
  // `uaa target --skip-ssl-validation` turns off the verification of the UAA only.
  const mustBeVerified =
    context?.isApiUnconfirmed === true && new URL(api).hostname !== new URL(uaa).hostname;
  const apiTrust = mustBeVerified ? { ...trust, skipTlsVerification: false } : trust;
  return [{ ...common, role: 'API', url: api, trust: apiTrust }, uaaServer];
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
