import type { Command } from 'commander';
import type { Context } from '../../contexts/context.js';
import { apiOf } from '../../contexts/installation.js';
import { isTpksError, type ErrorKind, type TpksError } from '../../errors.js';
import { probeApi } from '../../pks/probe.js';
import type { Services } from '../../services.js';
import { outputOption } from '../resource/output-option.js';
import { statusView, type TokenCheck } from './status-view.js';

type Deps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'serverClock'
  | 'anyContext'
  | 'identities'
  | 'readScopes'
  | 'session'
  | 'logins'
  | 'pksSend'
  | 'pksCredsCopies'
>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Show the current installation, the contexts that PKS commands and `tpks uaa` use, and the ' +
        'remaining token lifetime, and check the token against the API. Exits with 0 if the token is ' +
        'valid or was not checked, 1 if it gives no access to the API, 4 if it is rejected or you are ' +
        'not logged in, 5 if it could not be checked.',
    )
    .option('--offline', 'do not check the token against the API')
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks status')
    .action(({ offline = false }: { offline?: boolean }) => status({ offline }, deps));
}

export async function status({ offline }: { offline: boolean }, deps: Deps): Promise<void> {
  const context = await deps.anyContext();
  const session = await deps.session(context);
  const { check, failure } = offline
    ? { check: 'not checked (--offline)' as const }
    : await checkToken(context, deps);
  const stored = await session.readStored();
  const { pks, uaa } = await deps.identities();
  const isFromEnvironment = context.store === 'none' && context.pksCredsPath === undefined;
  const identities = {
    pks: context.store === 'none' ? context.name : pks,
    uaa: isFromEnvironment ? context.name : uaa,
  };
  const storeDescription = (await deps.logins()).describe(context.store);
  const pksCredsPath = await findPksCreds(context, deps);
  await deps.terminal.show(
    statusView({
      context,
      identities,
      stored,
      tokenCheck: check,
      storeDescription,
      pksCredsPath,
      now: deps.clock.now(),
      clockOffsetSeconds: deps.serverClock.offsetSeconds(),
      clockSkew: deps.serverClock.findSkew(),
    }),
  );
  if (failure !== undefined) throw failure;
}

/** Finds the plain-text copy of the session, or the file that the session was read from. */
async function findPksCreds(context: Context, deps: Deps): Promise<string | undefined> {
  if (context.store === 'none') return context.pksCredsPath;
  return context.pksCreds === undefined ? undefined : (await deps.pksCredsCopies()).find(context);
}

interface CheckResult {
  readonly check: TokenCheck;
  /** Thrown after the status is shown, for the exit code. */
  readonly failure?: TpksError;
}

/** Checks whether the API accepts the token. */
async function checkToken(context: Context, deps: Deps): Promise<CheckResult> {
  try {
    if (context.isApiUnconfirmed === true && context.store !== 'none') {
      const { isAllowed } = await import('../../contexts/identity.js');
      const scopes = await deps.readScopes(context);
      if (scopes !== undefined && !isAllowed('pks', scopes)) {
        // Fails if the session has expired.
        await (await deps.session(context)).accessToken();
        return { check: 'not checked (no scope for the PKS API)' };
      }
    }
    // `pksSend` checks an unconfirmed API itself.
    const send = await deps.pksSend(context);
    if (context.isApiUnconfirmed !== true) {
      await probeApi(send, {
        api: apiOf(context),
        identity: context.identity,
        isClient: context.grant === 'client_credentials',
      });
    }
    return { check: 'valid' };
  } catch (failure) {
    if (!isTpksError(failure)) throw failure;
    return { check: checksByErrorKind[failure.kind] ?? 'could not be verified', failure };
  }
}

const checksByErrorKind: Partial<Record<ErrorKind, TokenCheck>> = {
  unauthenticated: 'rejected',
  forbidden: 'no access to the API',
};
