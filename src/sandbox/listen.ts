import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import { json, type SandboxRequest, type SandboxResponse } from './router.js';

export interface Listening {
  /** E.g. `https://localhost:9021`. */
  readonly origin: string;
  /** Ends every connection; resolves when the port is free. */
  readonly close: () => Promise<void>;
}

export interface ListenOptions {
  /** 0 = any free one. */
  readonly port: number;
  /** Said in the error when the port cannot be used, e.g. `--api-port`. */
  readonly portFlag: string;
  /** PEM; without it the server speaks plain http. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Epoch milliseconds, for the `Date` header. */
  readonly now: () => number;
  /** Answers; gets the server's own origin once that is known. A throw is answered with 500. */
  readonly serve: (origin: string) => Handle | Promise<Handle>;
  /** Is told of every request before the answer goes out. */
  readonly onAnswer?: (exchange: Exchange) => void;
}

export type Handle = (request: SandboxRequest) => Promise<SandboxResponse>;

export interface Exchange {
  readonly request: SandboxRequest;
  readonly response: SandboxResponse;
  readonly milliseconds: number;
}

/** What Tomcat takes of a form. */
const maximumBodyBytes = 2 * 1024 * 1024;

/**
 * Puts a handler on a port of this machine, for no other machine.
 *
 * @throws {Error} when the port is taken or may not be used; it says what to type.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { port, portFlag, certificate, serve } = options;
  const scheme = certificate ? 'https' : 'http';
  const server = certificate ? createHttpsServer({ ...certificate }) : createHttpServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: unknown) => {
    throw new Error(`Port ${String(port)} ${whyNot(error)}; choose another with ${portFlag}`, {
      cause: error,
    });
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  const origin = `${scheme}://localhost:${String(bound)}`;
  const close = closer(server);
  // Early requests wait until the handler exists.
  const handle = (async () => serve(origin))();
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    converse(incoming, outgoing, scheme, async (request) => (await handle)(request), options).catch(
      // The client went away, or the log cannot be written: there is nobody to tell but by silence.
      () => outgoing.destroy(),
    );
  });
  try {
    await handle;
  } catch (error) {
    await close();
    throw error;
  }
  return { origin, close };
}

/** Node's own `closeAllConnections` forgets those that are still shaking hands. */
function closer(server: Server): () => Promise<void> {
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

async function converse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  scheme: string,
  handle: Handle,
  { now, onAnswer }: ListenOptions,
): Promise<void> {
  const startedAt = performance.now();
  const body = await bodyOf(incoming);
  const request = toRequest(incoming, scheme, body ?? '');
  const response =
    body === undefined
      ? json(413, { status: 413, error: 'Payload Too Large' }, { connection: 'close' })
      : await handle(request).catch(crashed);
  onAnswer?.({ request, response, milliseconds: performance.now() - startedAt });
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, {
    date: new Date(now()).toUTCString(),
    'content-length': Buffer.byteLength(response.body),
    ...toNodeHeaders(response.headers),
  });
  outgoing.end(request.method === 'HEAD' ? undefined : response.body);
}

/** @returns undefined if the body is too large. */
function bodyOf(incoming: IncomingMessage): Promise<string | undefined> {
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
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    incoming.on('error', reject);
  });
}

function toRequest(incoming: IncomingMessage, scheme: string, body: string): SandboxRequest {
  const { method = 'GET', url = '/', headers } = incoming;
  const [, path = '/', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? [];
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    ),
    body,
    origin: `${scheme}://${headers.host ?? 'localhost'}`,
  };
}

function toNodeHeaders(headers: SandboxResponse['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]),
  );
}

/** An internal error of the sandbox, which is shown to the client. */
function crashed(error: unknown): SandboxResponse {
  return json(500, { status: 500, error: 'Internal Server Error', message: String(error) });
}

function whyNot(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error && error.code;
  if (code === 'EADDRINUSE') return 'is taken';
  return `cannot be used (${String(code)})`;
}
