import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { KeyAndCertificate } from './certificates.js';

/** A request that the server received. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/**
 * Handles one request.
 * @param reset - resets the TCP connection without closing TLS first, as a crash would.
 */
export type Behaviour = (
  request: ReceivedRequest,
  response: ServerResponse,
  reset: () => void,
) => void;

/** An HTTPS server on loopback; the test decides how it behaves. */
export interface FaultyServer {
  /** E.g. `https://127.0.0.1:40001`. */
  readonly origin: string;
  readonly port: number;
  /** All requests since the start or the last `forget`. */
  readonly requests: readonly ReceivedRequest[];
  /** Sets the behaviour for future requests. */
  readonly setBehaviour: (behaviour: Behaviour) => void;
  /** Clears `requests`. */
  readonly clearRequests: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a server. @param first - its behaviour at the start; the default responds with `{}`. */
export async function startFaultyServer(
  certificate: KeyAndCertificate,
  first: Behaviour = respond(),
): Promise<FaultyServer> {
  const requests: ReceivedRequest[] = [];
  const wires = new Map<number | undefined, Socket>();
  let behaviour = first;
  // Tests send and receive more than Node's limit of 16 KiB of headers.
  const server = createServer(
    { ...certificate, maxHeaderSize: 1024 * 1024 },
    (incoming, response) => {
      void read(incoming).then((request) => {
        requests.push(request);
        const port = incoming.socket.remotePort;
        behaviour(request, response, () => void wires.get(port)?.resetAndDestroy());
      });
    },
  );
  server.on('connection', (wire: Socket) => wires.set(wire.remotePort, wire));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${String(port)}`,
    port,
    requests,
    setBehaviour: (next) => (behaviour = next),
    clearRequests: () => (requests.length = 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A response of the server. */
export interface FaultyResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Strings and bytes are sent unchanged, any other value as JSON. */
  readonly body?: unknown;
}

/** Sends this response; the default is status 200 with `{}`. */
export function respond({ status = 200, headers = {}, body = {} }: FaultyResponse = {}): Behaviour {
  const plain = typeof body === 'string' || body instanceof Uint8Array;
  return (_request, response) => {
    response.writeHead(status, {
      ...(plain ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
    response.end(plain ? body : JSON.stringify(body));
  };
}

/** Uses the first route with a key that is a prefix of the path; responds with 404 if no route matches. */
export function respondByPath(routes: Readonly<Record<string, Behaviour>>): Behaviour {
  return (request, response, reset) => {
    const route = Object.entries(routes).find(([path]) => request.path.startsWith(path));
    (route?.[1] ?? respond({ status: 404 }))(request, response, reset);
  };
}

/** Uses each behaviour for one request; the last one is repeated. */
export function respondInTurn(...behaviours: readonly Behaviour[]): Behaviour {
  let turn = 0;
  return (request, response, reset) => {
    behaviours[Math.min(turn, behaviours.length - 1)]?.(request, response, reset);
    turn += 1;
  };
}

/** Accepts the request and never responds. */
export const neverRespond: Behaviour = () => undefined;

/** Sends these bytes instead of a response, and closes the connection unless `open` is set. */
export function respondRaw(text: string | Uint8Array, { open = false } = {}): Behaviour {
  return (_request, response) => {
    if (open) response.socket?.write(text);
    else response.socket?.end(text);
  };
}

/** Accepts a protocol upgrade that the client did not request. */
export const switchProtocols: Behaviour = respondRaw(
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  { open: true },
);

/** Sends `100 Continue` as long as the client reads. */
export const informForever: Behaviour = (_request, response) => {
  const { socket } = response;
  const lines = 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100);
  const more = (): void => {
    while (socket?.destroyed === false && socket.write(lines));
  };
  socket?.on('drain', more);
  more();
};

/** Resets the connection before it sends anything. */
export const resetBeforeHeaders: Behaviour = (_request, _response, reset) => reset();

/** Sends the headers and the start of a body, then resets the connection. */
export const resetInBody: Behaviour = (_request, response, reset) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('[{"name":', () => setTimeout(reset, 20));
};

/** Sends a body that never ends, one byte per interval, so that idle timeouts do not apply. */
export function drip(milliseconds: number): Behaviour {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => {
      if (!response.writableEnded && !response.destroyed) response.write(' ');
      else clearInterval(timer);
    }, milliseconds);
    response.on('close', () => clearInterval(timer));
  };
}

/** Sends a body as long as the client reads. */
export const endlessBody: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const piece = Buffer.alloc(256 * 1024, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
};

/** Sends a web page, as the login page of a guest network would be. */
export const webPage: Behaviour = respond({
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Sign in to the guest network</body></html>',
});

/** Sends truncated JSON. */
export const brokenJson: Behaviour = respond({
  headers: { 'content-type': 'application/json' },
  body: '[{"name":"dev-1"',
});

/** Redirects to another URL. */
export function redirectTo(location: string, status = 302): Behaviour {
  return respond({ status, headers: { location }, body: '' });
}

/** Returns the request as JSON in the body, and its headers also in the header `x-echo`. */
export const echoRequest: Behaviour = (request, response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-echo': JSON.stringify(request.headers),
  });
  response.end(JSON.stringify(request));
};

async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  let body = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) body += String(chunk);
  const { method = '', url: path = '', headers } = incoming;
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = value?.toString();
  return { method, path, headers: flat, body };
}
