import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { DetailedPeerCertificate } from 'node:tls';
import type { ProxyVariables } from '../config/environment.js';
import { errorCode, isTpksError, rewordError } from '../errors.js';
import { parseEndpoint } from '../http/endpoint.js';
import {
  codedError,
  describeCertificateProblem,
  describeConnectionProblem,
  toNetworkError,
} from '../http/network-error.js';
import { isProxyBypassed } from '../http/no-proxy.js';
import type { Proxy } from '../http/proxy.js';
import { createTrustStages } from '../http/trust-stages.js';
import {
  formatDistinguishedName,
  readCertificate,
  toUntrustedError,
} from '../http/untrusted-certificate.js';
import { quoteForShell } from '../shell-quote.js';
import { fail, pass, skip, warn, withinSeconds, type Check, type CheckResult } from './check.js';
import { addressOf, type Server } from './selection.js';

/** The proxy in the environment. */
export interface ProxySetting extends Pick<ProxyVariables, 'variable' | 'noProxy'> {
  /** @throws {TpksError} `usage` if the value of the variable is invalid */
  readonly create: () => Proxy;
}

/** The network operations of the checks. Each has its own time limit. */
export interface Network {
  /** @returns the IP addresses of a host. @throws an error with a code of Node, e.g. `ENOTFOUND` */
  readonly lookup: (host: string) => Promise<readonly string[]>;
  /**
   * Opens and closes a connection to a server, through the proxy if there is one.
   * @returns the IP address of a direct connection.
   * @throws {TpksError} `unavailable`
   */
  readonly connect: (server: Server, proxy: Proxy | undefined) => Promise<string | undefined>;
  /**
   * Reads the certificate with which a server proves its identity. Sends no request.
   * @throws {TpksError} `untrusted` with the issuer and the fingerprint; `unavailable`
   */
  readonly readCertificate: (
    server: Server,
    proxy: Proxy | undefined,
  ) => Promise<PresentedCertificate>;
}

/** Three steps and the requests (5 s) must take less than 15 s together. */
const stepSeconds = 2.5;

/** @param systemRoots - reads the system CA certificates (PEM). */
export function createNetwork(systemRoots: () => readonly string[]): Network {
  return {
    lookup: async (host) =>
      withinSeconds(stepSeconds, async () =>
        (await lookup(host, { all: true })).map(({ address }) => address),
      ),
    connect: async (server, proxy) => {
      const { host, port } = parseEndpoint(server.url);
      try {
        if (proxy === undefined) return await connectTo(host, port);
        (await proxy.connect(host, port, stepSeconds * 1000)).destroy();
        return undefined;
      } catch (error) {
        throw toNetworkError(error, `https://${addressOf(server)}`, proxy?.origin);
      }
    },
    readCertificate: async (server, proxy) => {
      const { url, trust } = server;
      const rejectUnauthorized = !trust.skipTlsVerification;
      const stages = createTrustStages({ ...trust, systemRoots });
      for (const [index, roots] of stages.entries()) {
        try {
          const options = { ca: roots(), rejectUnauthorized };
          const milliseconds = stepSeconds * 1000;
          const certificate = await readCertificate(url, proxy, milliseconds, options);
          return { ...describeChain(certificate), trustedBy: findTrustSource(server, index) };
        } catch (error) {
          if (describeCertificateProblem(error) === undefined) {
            throw toNetworkError(error, url, proxy?.origin);
          }
          if (index === stages.length - 1) {
            throw await toUntrustedError(error, url, { ...trust, proxy });
          }
        }
      }
      throw new Error('there is no trust stage');
    },
  };
}

/** @returns the IP address. */
function connectTo(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => socket.destroy(codedError('ETIMEDOUT')), stepSeconds * 1000);
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
    });
    socket.once('connect', () => {
      resolve(socket.remoteAddress ?? host);
      socket.destroy();
    });
  });
}

/** The first stage trusts only the given CA, if any; the last stage also trusts the system CAs. */
function findTrustSource({ trust }: Server, stage: number): TrustSource {
  if (trust.skipTlsVerification) return 'nothing';
  return trust.caCert !== undefined && stage === 0 ? 'given CA' : 'system store';
}

function describeChain(leaf: DetailedPeerCertificate): Omit<PresentedCertificate, 'trustedBy'> {
  const [firstToExpire = leaf] = listChain(leaf).sort((a, b) => validTo(a) - validTo(b));
  return {
    issuer: formatDistinguishedName(leaf.issuer),
    firstToExpire: {
      subject: formatDistinguishedName(firstToExpire.subject),
      validTo: new Date(validTo(firstToExpire)),
    },
  };
}

const validTo = (certificate: DetailedPeerCertificate) => Date.parse(certificate.valid_to);

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

/** Checks how to reach a server: proxy, DNS, TCP, and TLS, which depend on each other in this order. */
export function connectionChecks(
  server: Server,
  setting: ProxySetting | undefined,
  network: Network,
  now: Date,
): readonly Check[] {
  const subject = addressOf(server);
  const { host, port } = parseEndpoint(server.url);
  let proxy: Proxy | undefined;
  const step = (name: Check['name'], run: Check['run']): Check => ({
    name,
    subject,
    // The operations stop first, and report why.
    seconds: stepSeconds + 0.25,
    run,
  });
  return [
    step('proxy', () => {
      const candidate = setting?.create();
      proxy = candidate?.isUsedFor(host, port) === true ? candidate : undefined;
      return pass('proxy', `${subject}: ${describeProxy(proxy, setting, host, port)}`);
    }),
    step('dns', () =>
      checkLookup(proxy === undefined ? host : parseEndpoint(proxy.origin).host, network),
    ),
    step('tcp', async () => {
      try {
        const ip = await network.connect(server, proxy);
        const route =
          proxy === undefined ? `to ${String(ip)}` : `through the proxy ${proxy.origin}`;
        return pass('tcp', `${subject}: connected ${route}`);
      } catch (error) {
        if (proxy === undefined || setting === undefined || !isTpksError(error)) throw error;
        throw rewordError(error, {
          message: `${error.message} (through the proxy ${proxy.origin})`,
          hint: `unset ${setting.variable}, correct it, or add the host to NO_PROXY: export NO_PROXY=${host}`,
        });
      }
    }),
    step('tls', async () =>
      checkCertificate(server, await network.readCertificate(server, proxy), now),
    ),
  ];
}

/** @param proxy - `undefined` if the server is called directly. */
function describeProxy(
  proxy: Proxy | undefined,
  setting: ProxySetting | undefined,
  host: string,
  port: number,
): string {
  if (setting === undefined) return noProxySet;
  if (proxy !== undefined) return `${proxy.origin}, set in ${setting.variable}`;
  const isOwnMachine = isProxyBypassed(host, port, '');
  return `none, because ${isOwnMachine ? 'the server is this machine' : `NO_PROXY is ${setting.noProxy}`}`;
}

const noProxySet = 'none, because HTTPS_PROXY is not set';

/**
 * Reports the proxy settings when no server is selected.
 * @throws {TpksError} `usage` if the value of the variable is invalid
 */
export function checkProxySetting(setting: ProxySetting | undefined): CheckResult {
  const message =
    setting === undefined ? noProxySet : `${setting.create().origin}, set in ${setting.variable}`;
  return pass('proxy', message);
}

async function checkLookup(host: string, network: Network): Promise<CheckResult> {
  if (isIP(host) !== 0) return skip('dns', `${host} is an IP address`);
  const fix = `check the name and the DNS server of this machine: nslookup ${quoteForShell(host)}`;
  try {
    const addresses = await network.lookup(host);
    return addresses.length === 0
      ? fail('dns', `${host}: the host has no address`, fix)
      : pass('dns', `${host}: ${addresses.join(', ')}`);
  } catch (error) {
    const code = errorCode(error);
    const reason =
      code === undefined
        ? `the DNS server did not respond within ${String(stepSeconds)} s`
        : (describeConnectionProblem(code) ?? `the lookup failed (${code})`);
    return fail('dns', `${host}: ${reason}`, fix);
  }
}

/** Why a certificate is trusted; `nothing` if it is not verified (`-k`). */
type TrustSource = 'given CA' | 'system store' | 'nothing';

/** The certificate of a server that presented it in a TLS handshake. */
export interface PresentedCertificate {
  /** E.g. `CN=Example CA, O=Example`. */
  readonly issuer: string;
  readonly trustedBy: TrustSource;
  /** The certificate of the chain that expires first. */
  readonly firstToExpire: { readonly subject: string; readonly validTo: Date };
}

const dayMilliseconds = 24 * 60 * 60 * 1000;
const warningDays = 30;

/** Reports what trusts a certificate, and whether it expires soon. */
export function checkCertificate(
  server: Server,
  { issuer, trustedBy, firstToExpire }: PresentedCertificate,
  now: Date,
): CheckResult {
  const address = addressOf(server);
  const expiryDate = firstToExpire.validTo.toISOString().slice(0, 10);
  const days = Math.floor((firstToExpire.validTo.getTime() - now.getTime()) / dayMilliseconds);
  const message = `${address}: issued by ${issuer}, ${describeTrust(server, trustedBy)}, valid until ${expiryDate}`;
  if (trustedBy === 'nothing') {
    const fix =
      server.trust.trustCommand ?? 'export TPKS_CA_CERT=FILE (the CA of the installation)';
    return warn('tls', message, fix);
  }
  if (days >= warningDays) return pass('tls', message);
  const fix = `ask the operator of the installation to renew the certificate of ${address}`;
  // Only a clock that is ahead makes a trusted certificate look expired.
  return days < 0
    ? fail('tls', `${message}, but ${firstToExpire.subject} has expired`, fix)
    : warn('tls', `${message}, but ${firstToExpire.subject} expires in ${String(days)} d`, fix);
}

function describeTrust({ caSource }: Server, trustedBy: TrustSource): string {
  if (trustedBy === 'nothing') return 'NOT verified (--skip-ssl-validation)';
  return trustedBy === 'given CA'
    ? `trusted by the given CA (${caSource})`
    : 'trusted by the system store';
}
