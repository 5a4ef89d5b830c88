import { readClaims, readTextClaim } from '../auth/claims.js';
import type { StoredSession } from '../auth/session-file.js';
import { isObject } from '../json-value.js';
import { isPlausibleServerTime } from '../http/date-header.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import { isSuccess, withStatusErrors } from '../http/status-error.js';
import { withBearer } from '../http/bearer.js';
import { createClusters } from '../pks/clusters.js';
import { probeApi } from '../pks/probe.js';
import { toleratedSeconds } from '../server-clock.js';
import { createInfoEndpoint } from '../uaa/info.js';
import { fail, pass, skip, warn, type CheckResult } from './check.js';
import { addressOf, type Server } from './server.js';

const requestSeconds = 4;

/** Sends requests with the time limit of the checks, and keeps the last `Date` header. */
export interface TimedSend {
  readonly send: Send;
  /** How many seconds the server's clock is ahead of this machine's; `undefined` if unknown. */
  readonly offsetSeconds: () => number | undefined;
}

export function withServerTime(send: Send, now: () => Date): TimedSend {
  let offset: number | undefined;
  return {
    send: async (request) => {
      const start = now().getTime();
      const response = await send({ ...request, timeoutSeconds: requestSeconds });
      const time = Date.parse(response.headers['date'] ?? '');
      // The header has whole seconds, so the middle of the request is accurate enough.
      const middle = (start + now().getTime()) / 2;
      if (isPlausibleServerTime(time)) offset = Math.round((time - middle) / 1000);
      return response;
    },
    offsetSeconds: () => offset,
  };
}

/** Reads the version of a UAA. @throws {TpksError} if the server is not a UAA or not reachable */
export async function checkUaaVersion(server: Server, send: Send): Promise<CheckResult> {
  const { app } = await createInfoEndpoint(withStatusErrors(send), server.url).get();
  return pass('version', `${addressOf(server)}: UAA ${app.version}`);
}

/** The identity that a token belongs to, for messages. */
export interface TokenOwner {
  readonly identity: string;
  readonly isClient: boolean;
  readonly loginCommand: string;
}

export type UsableSession = Pick<StoredSession, 'accessToken'> & TokenOwner;

/**
 * Checks that the API accepts the access token, and reads its version.
 * @param session - `undefined` without a valid token; in that case, only checks whether the API
 *   responds.
 * @throws {TpksError} if the server is not a PKS API, or rejects the token
 */
export async function checkApiVersion(
  server: Server,
  send: Send,
  session: UsableSession | undefined,
): Promise<CheckResult> {
  const address = addressOf(server);
  const { url: api } = server;
  if (session === undefined) {
    const { status } = await send({ method: 'GET', url: `${api}/actuator/info` });
    return status >= 500
      ? fail(
          'version',
          `${address}: the API responds with HTTP ${String(status)}`,
          'the installation has a problem; check again later: tpks doctor',
        )
      : skip('version', `${address}: responds, but the API shows its version only with a token`);
  }
  const bearerSend = withBearer(send, {
    getAccessToken: () => Promise.resolve(session.accessToken),
    hosts: [api],
    loginCommand: session.loginCommand,
  });
  await probeApi(bearerSend, { api, ...session });
  const version = await createClusters(withStatusErrors(bearerSend), api).getUpgradeVersion();
  return pass(
    'version',
    version === undefined
      ? `${address}: the API accepts the token, but does not report its version`
      : `${address}: PKS API ${version} accepts the token`,
  );
}

/** Compares the issuer in the access token with the issuer that the UAA reports. */
export async function checkIssuer(
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
    return skip(
      'issuer',
      `${subject}: the UAA does not report its issuer (HTTP ${response.status})`,
    );
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
    return skip('clock', `${address}: the server does not send its time`);
  }
  const distance = Math.abs(offsetSeconds);
  if (distance < negligibleSeconds) {
    return pass('clock', `${address}: the clocks differ by ${String(distance)} s`);
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
