import type { Command } from 'commander';
import type { Context } from '../../contexts/context.js';
import { apiOf } from '../../contexts/installation.js';
import { isTpksError, TpksError } from '../../errors.js';
import { isSuccess, toRedirectError } from '../../http/status-error.js';
import type { Services } from '../../services.js';
import { statusView, type Proof } from './status-view.js';

type Deps = Pick<
  Services,
  'terminal' | 'clock' | 'serverClock' | 'context' | 'session' | 'logins' | 'bearerSend'
>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Shows who you are, where, and for how long, and proves the token against the API. Exit code: ' +
        '0 valid, 4 rejected or not logged in, 5 could not be verified.',
    )
    .option('--offline', 'do not ask the API')
    .addHelpText('after', '\nExample:\n  $ tpks status')
    .action(({ offline = false }: { offline?: boolean }) => status({ offline }, deps));
}

export async function status({ offline }: { offline: boolean }, deps: Deps): Promise<void> {
  const context = await deps.context();
  const session = await deps.session(context);
  const { proof, failure } = offline ? untried : await prove(context, deps);
  const stored = await session.stored();
  const storeDescription = (await deps.logins()).describe(context.store);
  await deps.terminal.show(
    statusView({
      context,
      stored,
      proof,
      storeDescription,
      now: deps.clock.now(),
      clockOffsetSeconds: deps.serverClock.offsetSeconds(),
      clockSkew: deps.serverClock.skew(),
    }),
  );
  if (failure !== undefined) throw failure;
}

interface Attempt {
  readonly proof: Proof;
  /** Thrown after the status was shown: it decides the exit code. */
  readonly failure?: TpksError;
}

const untried: Attempt = { proof: 'not asked (--offline)' };

/** The API's own probe tells whether the token is good. */
async function prove(context: Context, deps: Deps): Promise<Attempt> {
  try {
    const api = apiOf(context);
    const send = await deps.bearerSend(context);
    const url = `${api}/actuator/info`;
    const headers = { accept: 'application/json' };
    const response = await send({ method: 'HEAD', url, headers });
    if (isSuccess(response)) return { proof: 'valid' };
    const { status: code } = response;
    if (code === 401 || code === 403) {
      const failure = new TpksError('unauthenticated', `The API at ${api} rejects the token`, {
        status: code,
        hint: 'tpks login, or ask for a scope: tpks uaa member add pks.clusters.manage USER',
      });
      return { proof: 'rejected', failure };
    }
    const failure =
      code < 400
        ? toRedirectError({ url }, response)
        : new TpksError('unavailable', `The API at ${api} answered with HTTP ${String(code)}`, {
            status: code,
            hint: 'try again in a while',
          });
    return { proof: 'could not be verified', failure };
  } catch (failure) {
    if (!isTpksError(failure)) throw failure;
    const rejected = failure.kind === 'unauthenticated';
    return { proof: rejected ? 'rejected' : 'could not be verified', failure };
  }
}
