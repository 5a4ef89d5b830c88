import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { errorCode, errorMessage, TpksError } from '../../errors.js';
import { outcomePage, relayPage, type Outcome } from './loopback-page.js';

/** What a browser brought back. */
export interface LoopbackAnswer {
  readonly parameters: URLSearchParams;
  /** Ends the page; resolves when the browser has it, or has gone. */
  readonly reply: (outcome: Outcome) => Promise<void>;
}

/** A listener that waits for one answer of one browser on this machine. */
export interface Loopback {
  /** E.g. `http://localhost:28443/authcode`. */
  readonly redirectUri: string;
  /** The first answer; all that come later, and all other requests, are turned away. */
  readonly answer: Promise<LoopbackAnswer>;
  readonly close: () => Promise<void>;
}

export interface LoopbackOptions {
  /** The first that is free is taken; 0 is any free one. */
  readonly ports: readonly number[];
  /** Path of the redirect URI, e.g. `/authcode`. */
  readonly path: string;
  /** Whether the answer is in the fragment, where a page has to fetch it. */
  readonly inFragment: boolean;
}

/**
 * Both addresses that `localhost` may mean to a browser: whoever else had the other one could be
 * sent the answer.
 */
const addresses = ['127.0.0.1', '::1'] as const;
const maximumAnswerBytes = 64 * 1024;

/** @throws {TpksError} `failed` when no port is free. */
export async function listenOnLoopback(options: LoopbackOptions): Promise<Loopback> {
  const { servers, port } = await firstFree(options.ports);
  const host = `localhost:${String(port)}`;
  let taken = false;
  const answer = new Promise<LoopbackAnswer>((resolve) => {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      void parametersOf(request, { ...options, host }).then((parameters) => {
        if (parameters === 'relay') return void sendPage(response, 200, relayPage(newNonce()));
        if (parameters === undefined || taken) return void turnAway(response);
        taken = true;
        resolve({ parameters, reply: (outcome) => reply(request, response, outcome) });
      });
    };
    for (const server of servers) server.on('request', onRequest);
  });
  return {
    redirectUri: `http://${host}${options.path}`,
    answer,
    close: async () => {
      await Promise.all(servers.map(close));
    },
  };
}

/** @returns `relay` where a page is to fetch the rest; `undefined` for what is no answer. */
async function parametersOf(
  request: IncomingMessage,
  { path, inFragment, host }: LoopbackOptions & { readonly host: string },
): Promise<URLSearchParams | 'relay' | undefined> {
  const { method, url = '', headers } = request;
  // A page of somebody else's can make a browser call us by another name, but not by this one.
  if (headers.host?.toLowerCase() !== host) return undefined;
  if (method === 'GET' && !isVisit(headers)) return undefined;
  const [called, query = ''] = url.split('?', 2);
  if (called !== path) return undefined;
  const inQuery = new URLSearchParams(query);
  if (method === 'GET' && (inQuery.has('error') || (!inFragment && inQuery.has('code')))) {
    return inQuery;
  }
  if (!inFragment) return undefined;
  if (method === 'GET') return 'relay';
  const isOurPage = headers.origin === `http://${host}`;
  if (method !== 'POST' || !isOurPage) return undefined;
  const text = await bodyOf(request);
  return text === undefined ? undefined : new URLSearchParams(text);
}

/**
 * Whether a person is to see what comes: a page of somebody else's can fetch us as a picture or in
 * a frame, and a browser what it guesses that comes next. Older browsers do not tell.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isVisit(headers: IncomingHttpHeaders): boolean {
  const [destination, purpose] = [headers['sec-fetch-dest'], headers['sec-purpose']];
  return (destination === undefined || destination === 'document') && purpose === undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk as Buffer);
      size += bytes.length;
      if (size > maximumAnswerBytes) return undefined;
      chunks.push(bytes);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(
  request: IncomingMessage,
  response: ServerResponse,
  outcome: Outcome,
): Promise<void> {
  const status = outcome.isGood ? 200 : 400;
  if (request.method !== 'POST')
    return sendPage(response, status, outcomePage(outcome, newNonce()));
  const headers = { 'content-type': 'application/json' };
  return sendPage(response, status, { headers, body: JSON.stringify(outcome) });
}

function turnAway(response: ServerResponse): Promise<void> {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return sendPage(response, 404, { headers, body: 'Nothing is here.\n' });
}

function sendPage(
  response: ServerResponse,
  status: number,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<void> {
  return new Promise((resolve) => {
    // Whoever closed the window meanwhile is told nothing, and will not close it again.
    if (response.closed) {
      resolve();
      return;
    }
    response.on('close', resolve).on('error', () => {
      resolve();
    });
    response
      .writeHead(status, {
        ...headers,
        connection: 'close',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'content-length': Buffer.byteLength(body),
      })
      .end(body);
  });
}

async function firstFree(
  ports: readonly number[],
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  for (const port of ports) {
    const bound = await bind(port);
    if (bound !== undefined) return bound;
  }
  const tried =
    ports.length === 1 ? `Port ${String(ports[0])} is` : `Ports ${ports.join(', ')} are`;
  throw new TpksError('failed', `${tried} taken: the browser’s answer could not be received`, {
    hint: 'end what listens there, and run the command again',
  });
}

/** @returns `undefined` where the port is taken at one of the addresses. */
async function bind(
  wanted: number,
): Promise<{ readonly servers: readonly Server[]; readonly port: number } | undefined> {
  const servers: Server[] = [];
  let port = wanted;
  for (const address of addresses) {
    const server = createServer();
    try {
      server.listen({ port, host: address, ipv6Only: true });
      await once(server, 'listening');
    } catch (error) {
      const code = errorCode(error) ?? '';
      // A machine without IPv6 can listen on one address only.
      if (['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(code)) continue;
      await Promise.all(servers.map(close));
      if (['EADDRINUSE', 'EACCES'].includes(code)) return undefined;
      throw new TpksError('failed', `This machine does not listen: ${errorMessage(error)}`, {
        cause: error,
      });
    }
    servers.push(server);
    const bound = server.address();
    if (typeof bound === 'object' && bound !== null) port = bound.port;
  }
  return servers.length === 0 ? undefined : { servers, port };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function newNonce(): string {
  return randomBytes(16).toString('base64url');
}
