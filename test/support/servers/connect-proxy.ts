import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy that only supports CONNECT. */
export interface ConnectProxy {
  /** The value for `HTTPS_PROXY`, with the credentials if the proxy requires them. */
  readonly url: string;
  /** The URL without credentials. */
  readonly bareUrl: string;
  /** The `host:port` of each CONNECT request, including rejected ones. */
  readonly targets: readonly string[];
  /** Clears `targets`. */
  readonly clearTargets: () => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts a proxy that resolves all names under `.test` to 127.0.0.1. The system cannot resolve
 * them, so a request to such a name succeeds only through the proxy.
 * @param credentials - `user:password`, percent-encoded for a URL; if absent, none are required.
 */
export async function startConnectProxy(credentials?: string): Promise<ConnectProxy> {
  const targets: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', (socket) => open.add(socket));
  server.on('connect', (request, client: Socket, head) => {
    targets.push(request.url ?? '');
    client.on('error', () => undefined);
    if (
      credentials !== undefined &&
      request.headers['proxy-authorization'] !== basic(credentials)
    ) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const host = hostname.endsWith('.test') ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    open.add(upstream);
    upstream.on('error', () => client.resetAndDestroy());
    // If the connection to the server fails, reset the client's connection.
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${String(port)}`;
  return {
    url: `http://${credentials === undefined ? '' : `${credentials}@`}${address}`,
    bareUrl: `http://${address}`,
    targets,
    clearTargets: () => (targets.length = 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function basic(credentials: string): string {
  const raw = credentials.split(':').map(decodeURIComponent).join(':');
  return `Basic ${Buffer.from(raw).toString('base64')}`;
}
