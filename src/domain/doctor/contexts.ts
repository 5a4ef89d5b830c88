import { formatDuration } from '../../base/clock.js';
import type { Environment } from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import type { Trust } from '../../platform/http/send.js';
import type { StoreKind } from '../../platform/keychain/keychain.js';
import { rejectedSessionError } from '../auth/session-errors.js';
import type { StoredSession } from '../auth/session-content.js';
import { renewalMarginSeconds, remainingSeconds, type Session } from '../auth/session.js';
import type { Context, Source, UaaOnly } from '../contexts/context.js';
import { resolveIdentity, type ReadScopes } from '../contexts/identity.js';
import {
  createTargetHints,
  createTrustHints,
  formatLoginCommand,
} from '../contexts/login-command.js';
import {
  fail,
  notChecked,
  pass,
  skip,
  warn,
  withinSeconds,
  type CheckResult,
  type DoctorDeps,
} from './check.js';

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
  /** The default store for new contexts; `undefined` if it is the keychain. */
  readonly defaultStore: Settings['defaultStore'];
}

/**
 * Selects the servers of the current installation, or of the one in options and variables.
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
    defaultStore: settings.defaultStore,
  };
}

function toIdentity(found: Context | UaaOnly | undefined): Context | undefined {
  return found?.name === undefined ? undefined : found;
}

function toServers(found: Context | UaaOnly): readonly Server[] {
  const { api, uaa, caCert, skipTlsVerification, sources } = found;
  const context = toIdentity(found);
  const hints = context === undefined ? createTargetHints(uaa) : createTrustHints(context);
  const trust = { caCert, skipTlsVerification, ...hints };
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

export function describeSelection({ context, uaaContext, servers }: Selection): CheckResult {
  const names = [context, uaaContext].flatMap((each) => (each === undefined ? [] : [each.name]));
  if (names.length > 0) return pass('context', [...new Set(names)].join(', and for tpks uaa: '));
  return notChecked(
    'context',
    servers.length === 0
      ? 'no context yet: log in with tpks login -a api.example.com'
      : 'no context for these servers: log in with tpks login',
  );
}

/** @returns `undefined` if there is no session. @throws if it cannot be read, or reading takes too long */
export type ReadSession = (context: Context) => Promise<StoredSession | undefined>;

/** Time limit for the checks of sessions. The keychain and the disk have shorter limits. */
export const sessionSeconds = 5;

/** Reads each session once, after the check of `files`, because reading a key corrects its permissions. */
export function createSessionReader(
  files: Promise<unknown>,
  session: (context: Context) => Pick<Session, 'readStored'>,
): ReadSession {
  const results = new Map<string, ReturnType<ReadSession>>();
  return (context) => {
    const read = () => session(context).readStored();
    const result =
      results.get(context.name) ?? files.then(() => withinSeconds(sessionSeconds, read));
    results.set(context.name, result);
    return result;
  };
}

/** Reports whether the session of a context can still be used. Renews nothing. */
export function checkSession(
  context: Context,
  stored: StoredSession | undefined,
  now: Date,
): CheckResult {
  const { name, store } = context;
  if (store === 'none') {
    const text = 'each command requests a token with the credentials in the environment';
    return skip('session', `${name}: ${text}`);
  }
  const loginCommand = formatLoginCommand(context);
  if (stored === undefined) return fail('session', `${name}: not logged in`, loginCommand);
  if (stored.refreshRejectedAt !== undefined) {
    const { message, hint } = rejectedSessionError(
      {
        title: `${name}: the session`,
        identity: context.identity,
        loginCommand,
        hasOriginalTexts: false,
      },
      stored.refreshRejection,
    );
    return fail('session', message, hint);
  }
  const isRenewable =
    (stored.refreshToken ?? stored.clientSecret ?? context.clientKeyFile) !== undefined;
  const seconds = Math.floor(remainingSeconds(stored, now));
  if (seconds > 0) {
    const renewal = isRenewable ? 'and is then renewed' : 'and cannot be renewed';
    return pass('session', `${name}: the token expires in ${formatDuration(seconds)} ${renewal}`);
  }
  if (isRenewable) return pass('session', `${name}: the next command renews the expired token`);
  const message = `${name}: the token has expired`;
  // The secret of a client may be available to other commands, in the environment or in a file.
  return context.grant === 'client_credentials'
    ? warn('session', message, `${loginCommand}, or set TPKS_CLIENT_SECRET`)
    : fail('session', message, loginCommand);
}

/** Whether the access token stays valid long enough for a request. */
export function isFresh(stored: StoredSession, now: Date): boolean {
  return remainingSeconds(stored, now) > renewalMarginSeconds(stored);
}

/**
 * Tests the store in the same way as a login.
 * @throws {TpksError} `keychain` or `storage` with the cause and the alternatives
 */
export async function checkKeychain(
  store: StoreKind,
  { keychains }: Pick<DoctorDeps, 'keychains'>,
): Promise<CheckResult> {
  if (store === 'none') return skip('keychain', 'nothing is stored (store none)');
  await keychains[store].probe();
  const folderText = 'the folder of the key files is writable';
  return pass('keychain', store === 'file' ? folderText : 'the OS keychain is unlocked');
}
