import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import type { DetailedPeerCertificate } from 'node:tls';
import { errorCode, rewordError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { findProxyVariables, type Environment } from '../../platform/config/environment.js';
import { findFirstToExpire, readTrustedChain } from '../../platform/http/certificate-chain.js';
import {
  codedError,
  describeConnectionProblem,
  toNetworkError,
} from '../../platform/http/network-error.js';
import {
  type EnvironmentProxy,
  findProxy,
  findProxyFor,
  isProxyBypassed,
  type Proxy,
} from '../../platform/http/proxy.js';
import { parseEndpoint, readSystemRoots } from '../../platform/http/certificate-authorities.js';
import { formatDistinguishedName } from '../../platform/http/untrusted-error.js';
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
} from './check.js';
import { addressOf, type Server } from './contexts.js';

/** Three steps and the requests (5 s) must take less than 15 s together. */
const stepSeconds = 2.5;
const stepMilliseconds = stepSeconds * 1000;

/** Checks how to reach a server: proxy, DNS, TCP and TLS. After a failure, the other steps are skipped. */
export async function checkConnection(
  server: Server,
  env: Environment,
  now: Date,
): Promise<readonly CheckResult[]> {
  const address = addressOf(server);
  const getProxy = () => findProxyFor(server.url, env);
  const steps: readonly {
    readonly name: CheckName;
    readonly run: () => CheckResult | Promise<CheckResult>;
  }[] = [
    { name: 'proxy', run: () => checkProxy(server, env) },
    { name: 'dns', run: () => checkLookup(server, getProxy()) },
    {
      name: 'tcp',
      run: async () => pass('tcp', `${address}: ${await openConnection(server, getProxy())}`),
    },
    {
      name: 'tls',
      run: () => checkTls(server, getProxy(), env, now),
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

/** Reports the proxy for a server. @throws {TpksError} `usage` if the value of the variable is invalid */
function checkProxy(server: Server, env: Environment): CheckResult {
  const { host, port } = parseEndpoint(server.url);
  const address = addressOf(server);
  const proxy = findProxy(env);
  if (proxy === undefined || proxy.isUsedFor(host, port)) {
    return pass('proxy', `${address}: ${describeProxy(proxy)}`);
  }
  const reason = isProxyBypassed(host, port, '')
    ? 'the server is this machine'
    : `NO_PROXY is ${findProxyVariables(env)?.noProxy ?? ''}`;
  return pass('proxy', `${address}: not used (${reason})`);
}

/** Reports the proxy settings without a server. @throws {TpksError} `usage` for an invalid variable */
export function checkProxySetting(env: Environment): CheckResult {
  return pass('proxy', describeProxy(findProxy(env)));
}

function describeProxy(proxy: EnvironmentProxy | undefined): string {
  return proxy === undefined
    ? 'not used (HTTPS_PROXY is not set)'
    : `${proxy.origin}, set in ${proxy.variable}`;
}

/** Looks up the host that tpks connects to: the proxy, or the server. */
async function checkLookup(
  server: Server,
  proxy: EnvironmentProxy | undefined,
): Promise<CheckResult> {
  const { host } = parseEndpoint(proxy?.origin ?? server.url);
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
    const fix =
      proxy === undefined
        ? `check the name and the DNS server of this machine: nslookup ${quoteForShell(host)}`
        : `correct ${proxy.variable}, or add ${parseEndpoint(server.url).host} to NO_PROXY to connect without the proxy`;
    return fail('dns', `${host}: ${reason}`, fix);
  }
}

/** Opens and closes a connection, through the proxy if there is one. @throws {TpksError} `unavailable` */
async function openConnection(
  server: Server,
  proxy: EnvironmentProxy | undefined,
): Promise<string> {
  const { host, port } = parseEndpoint(server.url);
  try {
    if (proxy === undefined) return `connected to ${await connectTo(host, port)}`;
    (await proxy.connect(host, port, stepMilliseconds)).destroy();
    return `connected through the proxy ${proxy.origin}`;
  } catch (error) {
    const known = toNetworkError(error, `https://${addressOf(server)}`, proxy?.origin);
    if (proxy === undefined) throw known;
    throw rewordError(known, {
      message: known.message.includes(proxy.origin)
        ? known.message
        : `${known.message} (through the proxy ${proxy.origin})`,
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

type Certificate = Pick<DetailedPeerCertificate, 'issuer' | 'subject' | 'valid_to'>;

async function checkTls(
  server: Server,
  proxy: Proxy | undefined,
  env: Environment,
  now: Date,
): Promise<CheckResult> {
  const { url, trust, caSource } = server;
  const { chain, isGivenCa } = await readTrustedChain(url, {
    ...trust,
    proxy,
    systemRoots: () => readSystemRoots(env),
    caVariable: env.TPKS_CA_CERT,
    milliseconds: stepMilliseconds,
  });
  const trustedBy = isGivenCa ? `the given CA (${caSource})` : 'the system store';
  const trustText = trust.skipTlsVerification
    ? 'NOT verified (--skip-ssl-validation)'
    : `trusted by ${trustedBy}`;
  return checkCertificate(server, chain, trustText, now);
}

const dayMilliseconds = 24 * 60 * 60 * 1000;
const warningDays = 30;

/** @param chain - the server's certificate and its issuers. */
export function checkCertificate(
  server: Server,
  chain: readonly Certificate[],
  trustText: string,
  now: Date,
): CheckResult {
  const address = addressOf(server);
  const [leaf] = chain;
  const firstToExpire = findFirstToExpire(chain);
  if (leaf === undefined || firstToExpire === undefined) throw new Error('no certificate');
  const end = Date.parse(firstToExpire.valid_to);
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
