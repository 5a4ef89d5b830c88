import { formatLoginCommand } from '../auth/login-command.js';
import type { Context } from '../contexts/context.js';
import { isAllowed } from '../contexts/identity.js';
import type { StoredSession } from '../auth/session-file.js';
import {
  runCheck,
  runInOrder,
  skipAfterFailure,
  type CheckName,
  type CheckResult,
} from './check.js';
import { connectionChecks, type ConnectionProbes } from './connection.js';
import type { DoctorDeps } from './doctor.js';
import { addressOf, type Server } from './server.js';
import {
  checkApiVersion,
  checkClock,
  checkIssuer,
  checkUaaVersion,
  withServerTime,
  type UsableSession,
} from './request-checks.js';
import { isFresh } from './session.js';

/** Two requests, each of which has a shorter limit. */
const requestsSeconds = 5;

/** A stored session, or the error that occurred when it was read. */
export interface ReadResult {
  /** `undefined` if there is no session, or if it cannot be read. */
  readonly stored: StoredSession | undefined;
  readonly error?: unknown;
}

export type ReadSession = (context: Context) => Promise<ReadResult>;

/** Checks the connection to a server, then its version, its clock and, for a UAA, its issuer. */
export async function checkServer(
  server: Server,
  readSession: ReadSession,
  deps: Pick<DoctorDeps, 'probes' | 'proxy' | 'send' | 'clock' | 'platform'>,
): Promise<readonly CheckResult[]> {
  const { clock, platform, proxy } = deps;
  const probes: ConnectionProbes = { ...deps.probes, now: clock.now };
  const connection = await runInOrder(connectionChecks(server, proxy, probes));
  const names: readonly CheckName[] =
    server.role === 'UAA' ? ['version', 'clock', 'issuer'] : ['version', 'clock'];
  if (connection.some(({ status }) => status === 'fail')) {
    return [...connection, ...names.map((name) => skipAfterFailure(name, addressOf(server)))];
  }
  const { send, offsetSeconds } = withServerTime(await deps.send(server.trust), clock.now);
  const session = await findUsableSession(server, readSession, clock.now());
  const check = (name: CheckName, run: () => Promise<CheckResult>) =>
    runCheck({
      name,
      subject: addressOf(server),
      seconds: requestsSeconds,
      run: async () => [await run()],
    });
  const [version, issuer] = await Promise.all([
    check('version', () =>
      server.role === 'UAA'
        ? checkUaaVersion(server, send)
        : checkApiVersion(server, send, session),
    ),
    server.role === 'UAA' ? check('issuer', () => checkIssuer(server, send, session)) : [],
  ]);
  // Every response contains the time, even an error response.
  return [...connection, ...version, checkClock(server, offsetSeconds(), platform), ...issuer];
}

/** @returns `undefined` without a token that can be sent and lives long enough for a request. */
async function findUsableSession(
  { role, context }: Server,
  readSession: ReadSession,
  now: Date,
): Promise<UsableSession | undefined> {
  if (context === undefined) return undefined;
  const { stored } = await readSession(context);
  if (stored === undefined || !isFresh(stored, now)) return undefined;
  // The API may belong to another operator, so it gets only tokens that PKS commands would send to it.
  const mustBeAllowed = role === 'API' && context.isApiUnconfirmed === true;
  if (mustBeAllowed && !isAllowed('pks', stored.scope.split(' '))) return undefined;
  return {
    accessToken: stored.accessToken,
    identity: context.identity,
    isClient: context.grant === 'client_credentials',
    loginCommand: formatLoginCommand(context),
  };
}
