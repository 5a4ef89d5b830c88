import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { AdvisedError, hasCode } from './files.js';
import { isObject } from './json.js';
import { json, type Handle, type SandboxRequest, type SandboxResponse } from './router.js';

export interface ListeningServer<Service extends RequestHandler = RequestHandler> {
  /** E.g. `https://localhost:9021`. */
  readonly origin: string;
  readonly service: Service;
  /** Handles and logs a request without using the network. */
  readonly respond: (request: UnparsedRequest) => Promise<SandboxResponse>;
  /** Closes all connections; resolves when the port is free. */
  readonly close: () => Promise<void>;
}

/** A request before it is parsed. The URL is a path with an optional query. */
export interface UnparsedRequest {
  readonly method: string;
  readonly url: string;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface RequestHandler {
  /** If it throws, the response is 500. */
  readonly handle: Handle;
}

export interface ListenOptions<Service extends RequestHandler = RequestHandler> {
  /** 0 = any free port. */
  readonly port: number;
  /** Option that sets the port, e.g. `--api-port`; suggested if the port cannot be used. */
  readonly portFlag?: string;
  /** PEM; if absent, the server uses plain HTTP. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Epoch milliseconds, for the `Date` header. */
  readonly now: () => number;
  /** Creates the request handler. The origin contains the actual port. */
  readonly createService: (origin: string) => Service | Promise<Service>;
  /** Called for each request before its response is sent. If it throws, the response is 500. */
  readonly onResponse?: (exchange: Exchange) => void;
}

export interface Exchange {
  readonly request: SandboxRequest;
  readonly response: SandboxResponse;
  readonly milliseconds: number;
}

/** Tomcat's default limit for form bodies. */
const maximumBodyBytes = 2 * 1024 * 1024;

/**
 * Starts a server on a loopback port.
 * @throws {AdvisedError} if the port cannot be used; the message suggests `portFlag`.
 */
export async function listen<Service extends RequestHandler>(
  options: ListenOptions<Service>,
): Promise<ListeningServer<Service>> {
  const { port, portFlag, certificate, createService } = options;
  const scheme = certificate ? 'https' : 'http';
  const server = certificate ? createHttpsServer({ ...certificate }) : createHttpServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    const advice = portFlag === undefined ? '' : `; choose another with ${portFlag}`;
    const isInUse = hasCode(error, 'EADDRINUSE');
    const problem = isInUse ? 'is already in use' : `cannot be used: ${String(error)}`;
    throw new AdvisedError(
      `Port ${String(port)} ${problem}${advice}`,
      'add --api-port 0 --uaa-port 0 to use free ports',
      'failed',
      { cause: error },
    );
  });
  const address = server.address();
  const boundPort = typeof address === 'object' && address ? address.port : port;
  const origin = `${scheme}://localhost:${String(boundPort)}`;
  const close = createClose(server);
  // Requests that arrive before the service is ready wait for it.
  const starting = (async () => createService(origin))();
  const handle: Handle = async (request) => {
    const { handle: handleReady } = await starting;
    return handleReady(request);
  };
  const respond = createRespond(scheme, handle, options);
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    handleExchange(incoming, outgoing, respond, options).catch(
      // The client has disconnected, so no response can be sent.
      () => outgoing.destroy(),
    );
  });
  try {
    return { origin, service: await starting, close, respond };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Node's `closeAllConnections` does not close connections that are still in the TLS handshake. */
function createClose(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
}

function createRespond(
  scheme: string,
  handle: Handle,
  { onResponse }: Pick<ListenOptions, 'onResponse'>,
): ListeningServer['respond'] {
  return async (unparsed) => {
    const startedAt = performance.now();
    const request = toRequest(unparsed, scheme);
    const response = await handle(request).catch(internalErrorResponse);
    try {
      onResponse?.({ request, response, milliseconds: performance.now() - startedAt });
    } catch (error) {
      return internalErrorResponse(error);
    }
    return response;
  };
}

async function handleExchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  respond: ListeningServer['respond'],
  { now }: Pick<ListenOptions, 'now'>,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const body = await readBody(incoming);
  const response = body ? await respond({ method, url, headers, body }) : tooLargeResponse;
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, {
    date: new Date(now()).toUTCString(),
    'content-length': Buffer.byteLength(response.body),
    ...response.headers,
  });
  outgoing.end(method === 'HEAD' ? undefined : response.body);
}

/** The rest of the body is not read, so the connection cannot be used again. */
const tooLargeResponse = json(
  413,
  { status: 413, error: 'Payload Too Large' },
  { connection: 'close' },
);

/** @returns undefined if the body is too large. */
function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maximumBodyBytes) {
        chunks.push(chunk);
      } else {
        incoming.pause();
        resolve(undefined);
      }
    });
    incoming.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    incoming.on('error', reject);
  });
}

function toRequest(unparsed: UnparsedRequest, scheme: string): SandboxRequest {
  const { method, url, headers, body: bytes } = unparsed;
  const [, path = '/', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? [];
  return {
    method,
    path,
    query: new URLSearchParams(query),
    rawQuery: query,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    ),
    body: bytes.toString('utf8'),
    bytes,
    origin: `${scheme}://${String(headers['host'] ?? 'localhost')}`,
  };
}

function internalErrorResponse(error: unknown): SandboxResponse {
  const message =
    isObject(error) && typeof error['path'] === 'string'
      ? `Cannot write ${error['path']}: ${String(error['message'])}`
      : String(error);
  return json(500, { status: 500, error: 'Internal Server Error', message });
}
