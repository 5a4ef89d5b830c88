import { readJson } from '../../api/client/api-client.js';
import { isSuccess, withStatusErrors } from '../../api/client/api-error.js';
import { createClusters } from '../../api/pks/clusters.js';
import { probeApi } from '../../api/pks/pks-api.js';
import { readInfo } from '../../api/uaa/info.js';
import { isObject } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import { withBearer } from '../../platform/http/bearer.js';
import type { Send } from '../../platform/http/send.js';
import { createServerClock, toleratedSeconds } from '../../platform/http/server-clock.js';
import { readClaims, readTextClaim } from '../auth/claims.js';
import { isAllowed } from '../contexts/identity.js';
import { formatLoginCommand } from '../contexts/login-command.js';
import {
  fail,
  notChecked,
  pass,
  runCheck,
  skip,
  skipAfterFailure,
  warn,
  type CheckName,
  type CheckResult,
  type DoctorDeps,
} from './check.js';
import { addressOf, isFresh, type ReadSession, type Server } from './contexts.js';

/** Checks the version of a server, its clock and, for a UAA, its issuer. */
export async function checkServer(
  server: Server,
  readSession: ReadSession,
  { clock, platform, connect }: Pick<DoctorDeps, 'connect' | 'clock' | 'platform'>,
): Promise<readonly CheckResult[]> {
  const serverClock = createServerClock(clock);
  const trackedSend = serverClock.withDateTracking(connect(server.trust));
  const limitedSend: Send = (request) => trackedSend({ ...request, timeoutSeconds: 4 });
  const session = await findUsableSession(server, readSession, clock.now());
  const check = (name: CheckName, run: () => Promise<CheckResult>) =>
    // Longer than the limit of a request, which reports why it stopped.
    runCheck(name, addressOf(server), 5, run);
  const checks =
    server.role === 'UAA'
      ? [
          check('version', () => checkUaaVersion(server, limitedSend)),
          check('issuer', () => checkIssuer(server, limitedSend, session)),
        ]
      : [check('version', () => checkApiVersion(server, limitedSend, session))];
  const [version = [], issuer = []] = await Promise.all(checks);
  // Every response contains the time, even an error response.
  return [...version, checkClock(server, serverClock.offsetSeconds(), platform), ...issuer];
}

export function skipServer(server: Server): readonly CheckResult[] {
  const names: readonly CheckName[] =
    server.role === 'UAA' ? ['version', 'clock', 'issuer'] : ['version', 'clock'];
  return names.map((name) => skipAfterFailure(name, addressOf(server)));
}

/** A token that can be sent, and the identity that it belongs to, for messages. */
interface UsableSession {
  readonly accessToken: Secret;
  readonly identity: string;
  readonly isClient: boolean;
  readonly loginCommand: string;
}

/** @returns `undefined` without a token that can be sent and lives long enough for a request. */
async function findUsableSession(
  { role, context }: Server,
  readSession: ReadSession,
  now: Date,
): Promise<UsableSession | undefined> {
  if (context === undefined) return undefined;
  // The session check reports an error, and a session that has ended.
  const stored = await readSession(context).catch(() => undefined);
  if (stored === undefined || stored.refreshRejectedAt !== undefined) return undefined;
  if (!isFresh(stored, now)) return undefined;
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

/** Reads the version of a UAA. @throws {TpksError} if the server is not a UAA or not reachable */
export async function checkUaaVersion(server: Server, send: Send): Promise<CheckResult> {
  const { app } = await readInfo(withStatusErrors(send), server.url);
  return pass('version', `${addressOf(server)}: UAA ${app.version}`);
}

/**
 * Checks that the API responds and accepts the token of the session, if any, and reads its version.
 * @throws {TpksError} if the server is not a PKS API, or rejects the token
 */
async function checkApiVersion(
  server: Server,
  send: Send,
  session: UsableSession | undefined,
): Promise<CheckResult> {
  const address = addressOf(server);
  const { url: api } = server;
  if (session === undefined) {
    const { status } = await send({ method: 'GET', url: `${api}/actuator/info` });
    if (status < 500) {
      return skip(
        'version',
        `${address}: responds, but the API shows its version only with a token`,
      );
    }
    const fix = 'the installation has a problem; check again later: tpks doctor';
    return fail('version', `${address}: the API responds with HTTP ${String(status)}`, fix);
  }
  const bearerSend = withBearer(send, {
    getAccessToken: () => Promise.resolve(session.accessToken),
    hosts: [api],
    loginCommand: session.loginCommand,
  });
  await probeApi(bearerSend, { api, ...session });
  const version = await createClusters(withStatusErrors(bearerSend), api).getUpgradeVersion();
  const text =
    version === undefined
      ? 'the API accepts the token, but does not report its version'
      : `PKS API ${version} accepts the token`;
  return pass('version', `${address}: ${text}`);
}

async function checkIssuer(
  server: Server,
  send: Send,
  session: UsableSession | undefined,
): Promise<CheckResult> {
  const subject = addressOf(server);
  if (session === undefined) return skip('issuer', `${subject}: no valid token`);
  const issuer = readTextClaim(readClaims(session.accessToken), 'iss');
  if (issuer === undefined) return skip('issuer', `${subject}: the token is opaque`);
  const url = `${server.url}/.well-known/openid-configuration`;
  const response = await send({ method: 'GET', url, headers: { accept: 'application/json' } });
  if (!isSuccess(response)) {
    const status = `HTTP ${String(response.status)}`;
    return notChecked('issuer', `${subject}: the UAA does not report its issuer (${status})`);
  }
  const document = await readJson(response);
  const reportedIssuer = isObject(document) ? document['issuer'] : undefined;
  if (reportedIssuer === issuer) return pass('issuer', `${subject}: ${issuer} issued the token`);
  const message = `${subject}: the token was issued by ${issuer}, but the UAA reports the issuer ${String(reportedIssuer)}`;
  return fail('issuer', message, session.loginCommand);
}

/** The largest difference between two correct clocks, including the rounding of `Date` headers. */
const negligibleSeconds = 30;

/** @param offsetSeconds - how far the server is ahead; `undefined` without a usable `Date` header. */
export function checkClock(
  server: Server,
  offsetSeconds: number | undefined,
  platform: NodeJS.Platform,
): CheckResult {
  const address = addressOf(server);
  if (offsetSeconds === undefined) {
    return notChecked('clock', `${address}: the server does not send its time`);
  }
  const distance = Math.abs(offsetSeconds);
  if (distance < negligibleSeconds) {
    const text = distance === 0 ? 'are in sync' : `differ by ${String(distance)} s`;
    return pass('clock', `${address}: the clocks ${text}`);
  }
  const relation = offsetSeconds > 0 ? 'behind' : 'ahead of';
  const message = `${address}: this machine's clock is ${String(distance)} s ${relation} the server's`;
  const fix = clockCommands[platform] ?? 'set the clock of this machine with NTP';
  return distance < toleratedSeconds ? warn('clock', message, fix) : fail('clock', message, fix);
}

const clockCommands: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'sudo timedatectl set-ntp true',
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
};
