import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SandboxRequest, SandboxResponse } from './router.js';
import type { Certificates } from './tls.js';

export interface Listening {
  /** E.g. `https://localhost:9021`. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

export interface ListenOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Said in the error when the port is taken, e.g. `--api-port`. */
  readonly portFlag: string;
  /** Without them the server speaks plain http. */
  readonly certificates?: Certificates;
  /** Epoch milliseconds, for the `Date` header. */
  readonly now: () => number;
  readonly handle: (request: SandboxRequest) => Promise<SandboxResponse>;
}

/** Requests are small; whatever is larger is a mistake. */
const maximumBody = 8 * 1024 * 1024;

/**
 * Puts a handler on a port of this machine, for no other machine.
 * @throws {Error} when the port is taken or may not be used; it says what to type.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { port, portFlag, certificates, handle, now } = options;
  const scheme = certificates === undefined ? 'http' : 'https';
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    void answer(incoming, outgoing, scheme, handle, now);
  };
  const server =
    certificates === undefined
      ? createHttpServer(onRequest)
      : createHttpsServer({ cert: certificates.cert, key: certificates.key }, onRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.message})`;
      reject(new Error(`port ${String(port)} ${why}; choose another with ${portFlag} PORT`));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    origin: `${scheme}://localhost:${String(actual)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  scheme: string,
  handle: ListenOptions['handle'],
  now: () => number,
): Promise<void> {
  let response: SandboxResponse;
  try {
    response = await handle(await toRequest(incoming, scheme));
  } catch (error) {
    response = {
      status: 500,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: 'sandbox', message: String(error) }),
    };
  }
  outgoing.sendDate = false;
  const { status, headers, body } = response;
  outgoing.writeHead(status, {
    date: new Date(now()).toUTCString(),
    ...Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : [...value],
      ]),
    ),
    'content-length': Buffer.byteLength(body),
  });
  outgoing.end(incoming.method === 'HEAD' ? undefined : body);
}

async function toRequest(incoming: IncomingMessage, scheme: string): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maximumBody) throw new Error('the request is too large');
    chunks.push(bytes);
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
    origin: `${scheme}://${incoming.headers.host ?? 'localhost'}`,
  };
}
