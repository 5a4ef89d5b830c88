import { isIP } from 'node:net';
import type { ProxyVariables } from '../config/environment.js';
import { parseEndpoint } from '../http/endpoint.js';
import type { Proxy } from '../http/proxy.js';
import { describeConnectionProblem } from '../http/network-error.js';
import { isProxyBypassed } from '../http/no-proxy.js';
import { isTpksError, rewordError } from '../errors.js';
import { quoteForShell } from '../shell-quote.js';
import { fail, pass, skip, type Check, type CheckResult } from './check.js';
import type { Lookup, LookupResult } from './lookup.js';
import { addressOf, type Server } from './server.js';
import { checkCertificate, type PresentedCertificate } from './certificate.js';

/** The proxy in the environment. */
export interface ProxySetting extends Pick<ProxyVariables, 'variable' | 'noProxy'> {
  /** @throws {TpksError} `usage` if the value of the variable is invalid */
  readonly create: () => Proxy;
}

/** The network operations that connection checks need. */
export interface ConnectionProbes {
  readonly lookup: Lookup;
  /**
   * Opens and closes a TCP connection to an address.
   * @throws the error of the socket, or a `TpksError` of kind `unavailable` after the time limit.
   */
  readonly connect: (target: TcpTarget, seconds: number) => Promise<void>;
  /** Opens and closes a tunnel to a server through a proxy. @throws {TpksError} `unavailable` */
  readonly openTunnel: (proxy: Proxy, server: Server, seconds: number) => Promise<void>;
  /**
   * Reads the certificate with which the server proves its identity. Sends no request.
   * @throws {TpksError} `untrusted` with the issuer and the fingerprint; `unavailable`
   */
  readonly readCertificate: (
    server: Server,
    route: Route,
    seconds: number,
  ) => Promise<PresentedCertificate>;
  readonly now: () => Date;
}

export interface TcpTarget {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  /** Host and port for messages, e.g. `api.example.com:9021`. */
  readonly name: string;
}

/** How a server is reached: through a proxy, or directly at one of its addresses. */
export type Route =
  { readonly proxy: Proxy } | { readonly proxy?: undefined; readonly address: string };

/** Three steps and the requests (5 s) must take less than 15 s together. */
const stepSeconds = 2.5;

/** Checks how to reach a server: proxy, DNS, TCP, and TLS, which depend on each other in this order. */
export function connectionChecks(
  server: Server,
  setting: ProxySetting | undefined,
  probes: ConnectionProbes,
): readonly Check[] {
  const subject = addressOf(server);
  const { host, port } = parseEndpoint(server.url);
  let proxy: Proxy | undefined;
  let addresses: readonly string[] = [];
  let address = '';
  const step = (name: Check['name'], run: () => CheckResult | Promise<CheckResult>): Check => ({
    name,
    subject,
    // The probes stop first, and report why.
    seconds: stepSeconds + 0.25,
    run: async () => [await run()],
  });
  return [
    step('proxy', () => {
      const found = checkProxy(server, setting);
      proxy = found.proxy;
      return found.result;
    }),
    step('dns', async () => {
      const target = proxy === undefined ? host : parseEndpoint(proxy.origin).host;
      if (isIP(target) !== 0) {
        addresses = [target];
        return skip('dns', `${target} is an IP address`);
      }
      const found = await probes.lookup(target, stepSeconds);
      if (found !== undefined && 'addresses' in found) addresses = found.addresses;
      return checkLookup(target, found);
    }),
    step('tcp', async () => {
      if (proxy !== undefined && setting !== undefined) {
        await openTunnel(proxy, server, setting, probes);
        return pass('tcp', `${subject}: connected through the proxy ${proxy.origin}`);
      }
      address = await connectToAny(addresses, { port, name: subject }, probes);
      return pass('tcp', `${subject}: connected to ${address}`);
    }),
    step('tls', async () =>
      checkCertificate(
        server,
        await probes.readCertificate(
          server,
          proxy === undefined ? { address } : { proxy },
          stepSeconds,
        ),
        probes.now(),
      ),
    ),
  ];
}

/**
 * Reports the proxy settings when no server is selected.
 * @throws {TpksError} `usage` if the value of the variable is invalid
 */
export function checkProxySetting(setting: ProxySetting | undefined): CheckResult {
  return setting === undefined
    ? pass('proxy', 'none, because HTTPS_PROXY is not set')
    : pass('proxy', `${setting.create().origin}, set in ${setting.variable}`);
}

/** Determines whether a server is called through a proxy, and which variable sets it. */
function checkProxy(
  server: Server,
  setting: ProxySetting | undefined,
): { readonly result: CheckResult; readonly proxy?: Proxy } {
  const subject = addressOf(server);
  if (setting === undefined) {
    return { result: pass('proxy', `${subject}: none, because HTTPS_PROXY is not set`) };
  }
  const { variable, noProxy } = setting;
  const { host, port } = parseEndpoint(server.url);
  const proxy = setting.create();
  if (proxy.isUsedFor(host, port)) {
    return { result: pass('proxy', `${subject}: ${proxy.origin}, set in ${variable}`), proxy };
  }
  const reason = isProxyBypassed(host, port, '')
    ? 'the server is this machine'
    : `NO_PROXY is ${noProxy}`;
  return { result: pass('proxy', `${subject}: none, because ${reason}`) };
}

/** @param found - `undefined` if the resolver did not respond in time. */
function checkLookup(host: string, found: LookupResult | undefined): CheckResult {
  const fix = `check the name and the DNS server of this machine: nslookup ${quoteForShell(host)}`;
  if (found === undefined) {
    return fail('dns', `${host}: the DNS server did not respond within ${stepSeconds} s`, fix);
  }
  if ('problem' in found) {
    const reason =
      describeConnectionProblem(found.problem) ?? `the lookup failed (${found.problem})`;
    return fail('dns', `${host}: ${reason}`, fix);
  }
  return found.addresses.length === 0
    ? fail('dns', `${host}: the host has no address`, fix)
    : pass('dns', `${host}: ${found.addresses.join(', ')}`);
}

/** Returns the first address that accepts a connection. */
async function connectToAny(
  addresses: readonly string[],
  target: Omit<TcpTarget, 'address'>,
  { connect }: ConnectionProbes,
): Promise<string> {
  const attempts = addresses.map(async (address) => {
    await connect({ ...target, address }, stepSeconds);
    return address;
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

async function openTunnel(
  proxy: Proxy,
  server: Server,
  { variable }: ProxySetting,
  probes: ConnectionProbes,
): Promise<void> {
  try {
    await probes.openTunnel(proxy, server, stepSeconds);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const { host } = parseEndpoint(server.url);
    const hint = `unset ${variable}, correct it, or add the host to NO_PROXY: export NO_PROXY=${host}`;
    const message = `${error.message} (through the proxy ${proxy.origin})`;
    throw rewordError(error, { message, hint });
  }
}
