import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { DetailedPeerCertificate } from 'node:tls';
import { readJson } from '../../api/client/api-client.js';
import { isSuccess, withStatusErrors } from '../../api/client/api-error.js';
import { createClusters } from '../../api/pks/clusters.js';
import { probeApi } from '../../api/pks/pks-api.js';
import { readInfo } from '../../api/uaa/info.js';
import { errorCode, rewordError } from '../../base/errors.js';
import { isObject } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { ProxyVariables } from '../../platform/config/environment.js';
import { withBearer } from '../../platform/http/bearer.js';
import {
  codedError,
  describeCertificateProblem,
  describeConnectionProblem,
  toNetworkError,
} from '../../platform/http/network-error.js';
import { createProxy, type Proxy, isProxyBypassed } from '../../platform/http/proxy.js';
import type { Send } from '../../platform/http/send.js';
import { createServerClock, toleratedSeconds } from '../../platform/http/server-clock.js';
import {
  parseEndpoint,
  createTrustStages,
  formatDistinguishedName,
  readCertificate,
  toUntrustedError,
} from '../../platform/http/trust.js';
import { readClaims, readTextClaim } from '../auth/claims.js';
import { isAllowed } from '../contexts/identity.js';
import { formatLoginCommand } from '../contexts/login-command.js';
import {
  fail,
  pass,
  runCheck,
  skip,
  skipAfterFailure,
  warn,
  withinSeconds,
  type CheckName,
  type CheckResult,
  type DoctorDeps,
} from './check.js';
import { addressOf, isFresh, type ReadSession, type Server } from './contexts.js';

export interface ConnectionDeps {
  /** The proxy in the environment; its address can contain a password. */
  readonly proxyVariables: ProxyVariables | undefined;
  /** Reads the system CA certificates (PEM). */
  readonly systemRoots: () => readonly string[];
}

/** Three steps and the requests (5 s) must take less than 15 s together. */
const stepSeconds = 2.5;
const stepMilliseconds = stepSeconds * 1000;

/** Checks how to reach a server: proxy, DNS, TCP and TLS. After a failure, the other steps are skipped. */
export async function checkConnection(
  server: Server,
  deps: ConnectionDeps,
  now: Date,
): Promise<readonly CheckResult[]> {
  const address = addressOf(server);
  const { host, port } = parseEndpoint(server.url);
  const findProxy = () => {
    const proxy = createNamedProxy(deps);
    return proxy?.isUsedFor(host, port) === true ? proxy : undefined;
  };
  const steps: readonly {
    readonly name: CheckName;
    readonly run: () => CheckResult | Promise<CheckResult>;
  }[] = [
    { name: 'proxy', run: () => checkProxy(server, deps) },
    { name: 'dns', run: () => checkLookup(parseEndpoint(findProxy()?.origin ?? server.url).host) },
    {
      name: 'tcp',
      run: async () => pass('tcp', `${address}: ${await openConnection(server, findProxy())}`),
    },
    {
      name: 'tls',
      run: async () => {
        const { chain, trustText } = await readTrustedChain(server, findProxy(), deps.systemRoots);
        return checkCertificate(server, chain, trustText, now);
      },
    },
  ];
  const results: CheckResult[] = [];
  for (const { name, run } of steps) {
    const hasFailed = results.some(({ status }) => status === 'fail');
    // The operations have shorter limits, and report why they stopped.
    const result = hasFailed
      ? [skipAfterFailure(name, address)]
      : await runCheck(name, address, stepSeconds + 0.25, run);
    results.push(...result);
  }
  return results;
}

/** A proxy, and the variable in which it is set. */
type NamedProxy = Proxy & Pick<ProxyVariables, 'variable'>;

/** @throws {TpksError} `usage` if the value of the variable is invalid */
function createNamedProxy(deps: ConnectionDeps): NamedProxy | undefined {
  const { proxyVariables: variables } = deps;
  return variables && { ...createProxy({ ...deps, ...variables }), variable: variables.variable };
}

/** Reports the proxy for a server. @throws {TpksError} `usage` if the value of the variable is invalid */
function checkProxy(server: Server, deps: ConnectionDeps): CheckResult {
  const { host, port } = parseEndpoint(server.url);
  const address = addressOf(server);
  const proxy = createNamedProxy(deps);
  if (proxy === undefined || proxy.isUsedFor(host, port)) {
    return pass('proxy', `${address}: ${describeProxy(proxy)}`);
  }
  const reason = isProxyBypassed(host, port, '')
    ? 'the server is this machine'
    : `NO_PROXY is ${deps.proxyVariables?.noProxy ?? ''}`;
  return pass('proxy', `${address}: none, because ${reason}`);
}

/**
 * Reports the proxy settings when no server is selected.
 * @throws {TpksError} `usage` if the value of the variable is invalid
 */
export function checkProxySetting(deps: ConnectionDeps): CheckResult {
  return pass('proxy', describeProxy(createNamedProxy(deps)));
}

function describeProxy(proxy: NamedProxy | undefined): string {
  return proxy === undefined
    ? 'none, because HTTPS_PROXY is not set'
    : `${proxy.origin}, set in ${proxy.variable}`;
}

async function checkLookup(host: string): Promise<CheckResult> {
  if (isIP(host) !== 0) return skip('dns', `${host} is an IP address`);
  try {
    const addresses = await withinSeconds(stepSeconds, () => lookup(host, { all: true }));
    return pass('dns', `${host}: ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    const code = errorCode(error);
    const reason =
      code === undefined
        ? `the DNS server did not respond within ${String(stepSeconds)} s`
        : (describeConnectionProblem(code) ?? `the lookup failed (${code})`);
    const fix = `check the name and the DNS server of this machine: nslookup ${quoteForShell(host)}`;
    return fail('dns', `${host}: ${reason}`, fix);
  }
}

/**
 * Opens and closes a connection to a server, through the proxy if there is one.
 * @throws {TpksError} `unavailable`
 */
async function openConnection(server: Server, proxy: NamedProxy | undefined): Promise<string> {
  const { host, port } = parseEndpoint(server.url);
  try {
    if (proxy === undefined) return `connected to ${await connectTo(host, port)}`;
    (await proxy.connect(host, port, stepMilliseconds)).destroy();
    return `connected through the proxy ${proxy.origin}`;
  } catch (error) {
    const known = toNetworkError(error, `https://${addressOf(server)}`, proxy?.origin);
    if (proxy === undefined) throw known;
    throw rewordError(known, {
      message: `${known.message} (through the proxy ${proxy.origin})`,
      hint: `unset ${proxy.variable}, correct it, or add the host to NO_PROXY: export NO_PROXY=${host}`,
    });
  }
}

/** @returns the IP address. */
async function connectTo(host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  socket.setTimeout(stepMilliseconds, () => socket.destroy(codedError('ETIMEDOUT')));
  try {
    await once(socket, 'connect');
    return socket.remoteAddress ?? host;
  } finally {
    socket.destroy();
  }
}

/** The parts of a certificate that are checked. */
type Certificate = Pick<DetailedPeerCertificate, 'issuer' | 'subject' | 'valid_to'>;

/**
 * Reads the certificates with which a server proves its identity. Sends no request.
 * @throws {TpksError} `untrusted` with the issuer and the fingerprint; `unavailable`
 */
async function readTrustedChain(
  server: Server,
  proxy: Proxy | undefined,
  systemRoots: () => readonly string[],
): Promise<{ readonly chain: readonly Certificate[]; readonly trustText: string }> {
  const { url, trust, caSource } = server;
  const rejectUnauthorized = !trust.skipTlsVerification;
  const stages = createTrustStages({ ...trust, systemRoots });
  for (const [index, roots] of stages.entries()) {
    try {
      const options = { ca: roots(), rejectUnauthorized };
      const leaf = await readCertificate(url, proxy, stepMilliseconds, options);
      // The first stage trusts only the given CA, if any.
      const isGivenCa = trust.caCert !== undefined && index === 0;
      const trustedBy = isGivenCa ? `the given CA (${caSource})` : 'the system store';
      const trustText = rejectUnauthorized
        ? `trusted by ${trustedBy}`
        : 'NOT verified (--skip-ssl-validation)';
      return { chain: listChain(leaf), trustText };
    } catch (error) {
      if (describeCertificateProblem(error) === undefined) {
        throw toNetworkError(error, url, proxy?.origin);
      }
      if (index === stages.length - 1)
        throw await toUntrustedError(error, url, { ...trust, proxy });
    }
  }
  throw new Error('no trust stage');
}

/**
 * Follows the issuers. The issuer of a root certificate is the certificate itself, and an issuer is
 * absent if the server does not send it.
 */
function listChain(
  link: DetailedPeerCertificate | undefined,
  chain = new Set<DetailedPeerCertificate>(),
): DetailedPeerCertificate[] {
  if (link === undefined || !('fingerprint256' in link) || chain.has(link)) return [...chain];
  return listChain(link.issuerCertificate, chain.add(link));
}

const dayMilliseconds = 24 * 60 * 60 * 1000;
const warningDays = 30;

/**
 * Reports what trusts a certificate, and whether its chain expires soon.
 * @param chain - the server's certificate and its issuers.
 */
export function checkCertificate(
  server: Server,
  chain: readonly Certificate[],
  trustText: string,
  now: Date,
): CheckResult {
  const address = addressOf(server);
  const validTo = ({ valid_to: date }: Certificate) => Date.parse(date);
  const [leaf] = chain;
  const [firstToExpire] = [...chain].sort((a, b) => validTo(a) - validTo(b));
  if (leaf === undefined || firstToExpire === undefined) throw new Error('no certificate');
  const end = validTo(firstToExpire);
  const days = Math.floor((end - now.getTime()) / dayMilliseconds);
  const issuer = formatDistinguishedName(leaf.issuer);
  const date = new Date(end).toISOString().slice(0, 10);
  const message = `${address}: issued by ${issuer}, ${trustText}, valid until ${date}`;
  if (server.trust.skipTlsVerification) {
    const fix =
      server.trust.trustCommand ?? 'export TPKS_CA_CERT=FILE (the CA of the installation)';
    return warn('tls', message, fix);
  }
  if (days >= warningDays) return pass('tls', message);
  const fix = `ask the operator of the installation to renew the certificate of ${address}`;
  const subject = formatDistinguishedName(firstToExpire.subject);
  // Only a clock that is ahead makes a trusted certificate look expired.
  return days < 0
    ? fail('tls', `${message}, but ${subject} has expired`, fix)
    : warn('tls', `${message}, but ${subject} expires in ${String(days)} d`, fix);
}

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

/** The results of the checks of a server that cannot be reached. */
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
  // The session check reports an error.
  const stored = await readSession(context).catch(() => undefined);
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

/** Reads the version of a UAA. @throws {TpksError} if the server is not a UAA or not reachable */
export async function checkUaaVersion(server: Server, send: Send): Promise<CheckResult> {
  const { app } = await readInfo(withStatusErrors(send), server.url);
  return pass('version', `${addressOf(server)}: UAA ${app.version}`);
}

/**
 * Checks that the API accepts the access token, and reads its version.
 * @param session - `undefined` without a valid token; in that case, only checks whether the API
 *   responds.
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

/** Compares the issuer in the access token with the issuer that the UAA reports. */
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
    return skip('issuer', `${subject}: the UAA does not report its issuer (${status})`);
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
