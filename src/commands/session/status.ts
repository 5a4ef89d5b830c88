import type { Command } from 'commander';
import type { Context } from '../../contexts/context.js';
import { apiOf } from '../../contexts/installation.js';
import { isTpksError, type ErrorKind, type TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { statusView, type TokenCheck } from './status-view.js';

type Deps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'serverClock'
  | 'context'
  | 'session'
  | 'logins'
  | 'bearerSend'
  | 'probeApi'
>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Shows who you are, where, and for how long, and checks the token with the API. Exit code: ' +
        '0 valid, 1 no access to the API, 4 rejected or not logged in, 5 could not be verified.',
    )
    .option('--offline', 'do not ask the API')
    .addHelpText('after', '\nExample:\n  $ tpks status')
    .action(({ offline = false }: { offline?: boolean }) => status({ offline }, deps));
}

export async function status({ offline }: { offline: boolean }, deps: Deps): Promise<void> {
  const context = await deps.context();
  const session = await deps.session(context);
  const { check: proof, failure } = offline ? skippedCheck : await checkToken(context, deps);
  const stored = await session.stored();
  const storeDescription = (await deps.logins()).describe(context.store);
  await deps.terminal.show(
    statusView({
      context,
      stored,
      tokenCheck: proof,
      storeDescription,
      now: deps.clock.now(),
      clockOffsetSeconds: deps.serverClock.offsetSeconds(),
      clockSkew: deps.serverClock.skew(),
    }),
  );
  if (failure !== undefined) throw failure;
}

interface CheckResult {
  readonly check: TokenCheck;
  /** Thrown after the status was shown: it decides the exit code. */
  readonly failure?: TpksError;
}

const skippedCheck: CheckResult = { check: 'not asked (--offline)' };

/** Asks the API whether it accepts the token. */
async function checkToken(context: Context, deps: Deps): Promise<CheckResult> {
  try {
    const probeApi = await deps.probeApi();
    await probeApi(await deps.bearerSend(context), {
      api: apiOf(context),
      identity: context.identity,
      isClient: context.grant === 'client_credentials',
    });
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
