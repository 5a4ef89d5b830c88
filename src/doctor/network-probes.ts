import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { parseEndpoint } from '../http/endpoint.js';
import { describeCertificateProblem, toNetworkError } from '../http/network-error.js';
import type { Proxy } from '../http/proxy.js';
import { createTrustStages } from '../http/trust-stages.js';
import { formatDistinguishedName, toUntrustedError } from '../http/untrusted-certificate.js';
import { verifyHost } from '../http/verify-host.js';
import type { PresentedCertificate, TrustSource } from './certificate.js';
import type { ConnectionProbes, Route } from './connection.js';
import { addressOf, type Server } from './server.js';

/** The probes that use the network, without sending a request. */
export function createNetworkProbes(
  systemRoots: () => readonly string[],
): Pick<ConnectionProbes, 'connect' | 'openTunnel' | 'readCertificate'> {
  return {
    connect: async ({ address, port, name }, seconds) => {
      const url = `https://${name}`;
      const socket = connectTcp({ host: address, port });
      await waitForEvent(socket, 'connect', seconds, () => undefined).catch((error: unknown) => {
        throw toNetworkError(error, url);
      });
    },
    openTunnel: async (proxy, server, seconds) => {
      (await openTunnel(proxy, server, seconds)).destroy();
    },
    readCertificate: async (server, route, seconds) => {
      const { url, trust } = server;
      const { proxy } = route;
      const stages = createTrustStages({ ...trust, systemRoots });
      for (const [index, roots] of stages.entries()) {
        try {
          const certificate = await handshake({ server, route, roots: roots(), seconds });
          return { ...certificate, trustedBy: findTrustSource(server, index) };
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

/** The first stage trusts only the given CA, if any; the last stage also trusts the system CAs. */
function findTrustSource({ trust }: Server, stage: number): TrustSource {
  if (trust.skipTlsVerification) return 'nothing';
  return trust.caCert !== undefined && stage === 0 ? 'given CA' : 'system store';
}

async function openTunnel(proxy: Proxy, server: Server, seconds: number): Promise<Socket> {
  const { host, port } = parseEndpoint(server.url);
  try {
    return await proxy.connect(host, port, seconds * 1000);
  } catch (error) {
    throw toNetworkError(error, `https://${addressOf(server)}`, proxy.origin);
  }
}

interface HandshakeInput {
  readonly server: Server;
  readonly route: Route;
  /** CA certificates to trust (PEM). */
  readonly roots: readonly string[];
  readonly seconds: number;
}

async function handshake(input: HandshakeInput): Promise<Omit<PresentedCertificate, 'trustedBy'>> {
  const { server, route, roots, seconds } = input;
  const { host, port, servername } = parseEndpoint(server.url);
  const socket = connectTls({
    ...(route.proxy === undefined
      ? { host: route.address, port }
      : { host, socket: await openTunnel(route.proxy, server, seconds) }),
    servername,
    checkServerIdentity: verifyHost,
    rejectUnauthorized: !server.trust.skipTlsVerification,
    ...(roots.length > 0 ? { ca: [...roots] } : {}),
  });
  return waitForEvent(socket, 'secureConnect', seconds, () => describeChain(socket));
}

function describeChain(socket: TLSSocket): Omit<PresentedCertificate, 'trustedBy'> {
  const chain = listChain(socket.getPeerCertificate(true));
  const [leaf] = chain;
  const expiries = chain.map(({ subject, valid_to: validTo }) => ({
    subject: formatDistinguishedName(subject),
    validTo: new Date(validTo),
  }));
  const [firstToExpire] = expiries.sort((a, b) => a.validTo.getTime() - b.validTo.getTime());
  if (leaf === undefined || firstToExpire === undefined) {
    throw new Error('the server presented no certificate');
  }
  return { issuer: formatDistinguishedName(leaf.issuer), firstToExpire };
}

/**
 * Follows the issuers. The issuer of a root certificate is the certificate itself, and an issuer is
 * absent if the server does not send it.
 */
function listChain(
  link: DetailedPeerCertificate | undefined,
  chain = new Set<DetailedPeerCertificate>(),
): readonly DetailedPeerCertificate[] {
  if (link === undefined || !('fingerprint256' in link) || chain.has(link)) return [...chain];
  return listChain(link.issuerCertificate, chain.add(link));
}

/** Waits for an event of a socket, reads a result, and closes the socket. */
async function waitForEvent<Result>(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  seconds: number,
  read: () => Result,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
      }, seconds * 1000);
      socket.once(event, () => {
        resolve();
      });
      socket.on('error', reject);
      socket.once('close', () => {
        reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
      });
    });
    return read();
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
