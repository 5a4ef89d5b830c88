import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { errorCode, errorMessage, TpksError } from '../../base/errors.js';
import { escapeHtml } from '../../base/sanitize.js';

export interface Outcome {
  readonly isSuccess: boolean;
  readonly title: string;
  readonly text: string;
}

/** The response of the UAA, as the browser delivered it. */
export interface AuthorizationResponse {
  readonly parameters: URLSearchParams;
  /** Shows the outcome in the browser; resolves when it was sent or the browser has disconnected. */
  readonly reply: (outcome: Outcome) => Promise<void>;
}

/** A listener for one redirect of a browser on this machine. */
export interface Loopback {
  /** E.g. `http://localhost:28443/authcode`. */
  readonly redirectUri: string;
  /** The first response with the state; later responses and all other requests get a 404. */
  readonly response: Promise<AuthorizationResponse>;
  readonly close: () => Promise<void>;
}

export interface LoopbackOptions {
  /** The first free port is used; 0 selects any free port. */
  readonly ports: readonly number[];
  readonly path: string;
  /** Whether the response is in the URL fragment, which a page has to send to the listener. */
  readonly isInFragment: boolean;
  /** Any page can send a response with another state, which must not end the login. */
  readonly state: string;
}

/** Both addresses of `localhost`. A program that listened on one of them could receive the response. */
const addresses = ['127.0.0.1', '::1'] as const;
const maximumBodyBytes = 64 * 1024;

/** @throws {TpksError} `failed` if none of the ports is available. */
export async function listenOnLoopback(options: LoopbackOptions): Promise<Loopback> {
  return new LoopbackListener(await bindFirstFreePort(options.ports), options);
}

class LoopbackListener implements Loopback {
  readonly redirectUri: string;
  readonly response: Promise<AuthorizationResponse>;
  readonly #servers: readonly Server[];
  readonly #options: LoopbackOptions & { readonly host: string };
  #isReceived = false;

  constructor({ servers, port }: BoundPort, options: LoopbackOptions) {
    const host = `localhost:${String(port)}`;
    this.redirectUri = `http://${host}${options.path}`;
    this.#servers = servers;
    this.#options = { ...options, host };
    this.response = new Promise((resolve) => {
      for (const server of servers) {
        server.on('request', (request, response) => {
          void this.#handle(request, response, resolve);
        });
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map(close));
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    onReceived: (received: AuthorizationResponse) => void,
  ): Promise<void> {
    const parameters = await readParameters(request, this.#options);
    if (parameters === 'relay') return sendPage(response, 200, createRelayPage(createNonce()));
    if (parameters?.get('state') !== this.#options.state || this.#isReceived) {
      return sendNotFound(response);
    }
    this.#isReceived = true;
    onReceived({ parameters, reply: (outcome) => reply(request, response, outcome) });
  }
}

/** @returns `relay` if a page has to send the fragment; `undefined` if the request is not a response. */
async function readParameters(
  request: IncomingMessage,
  { path, isInFragment, host }: LoopbackOptions & { readonly host: string },
): Promise<URLSearchParams | 'relay' | undefined> {
  const { method, url = '', headers } = request;
  // Prevents DNS rebinding: a foreign page can reach this listener only under its own hostname.
  if (headers.host?.toLowerCase() !== host) return undefined;
  if (method === 'GET' && !isNavigation(headers)) return undefined;
  const [requestedPath, query = ''] = url.split('?', 2);
  if (requestedPath !== path) return undefined;
  const inQuery = new URLSearchParams(query);
  if (method === 'GET' && (inQuery.has('error') || (!isInFragment && inQuery.has('code')))) {
    return inQuery;
  }
  if (!isInFragment) return undefined;
  if (method === 'GET') return 'relay';
  const isOurPage = headers.origin === `http://${host}`;
  if (method !== 'POST' || !isOurPage) return undefined;
  const text = await readBody(request);
  return text === undefined ? undefined : new URLSearchParams(text);
}

/**
 * Whether the browser navigates to this page. A foreign page may load it as an image or in a frame,
 * and a browser may prefetch it. Older browsers do not send these headers.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function isNavigation(headers: IncomingHttpHeaders): boolean {
  const destination = headers['sec-fetch-dest'] ?? 'document';
  return destination === 'document' && headers['sec-purpose'] === undefined;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk as Buffer);
      size += bytes.length;
      if (size > maximumBodyBytes) return undefined;
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
  const status = outcome.isSuccess ? 200 : 400;
  if (request.method !== 'POST')
    return sendPage(response, status, createOutcomePage(outcome, createNonce()));
  const headers = { 'content-type': 'application/json' };
  return sendPage(response, status, { headers, body: JSON.stringify(outcome) });
}

function sendNotFound(response: ServerResponse): Promise<void> {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return sendPage(response, 404, { headers, body: 'tpks is not waiting for this request.\n' });
}

function sendPage(
  response: ServerResponse,
  status: number,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<void> {
  return new Promise((resolve) => {
    // If the browser has already disconnected, `close` is not emitted again.
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

interface BoundPort {
  readonly servers: readonly Server[];
  readonly port: number;
}

async function bindFirstFreePort(ports: readonly number[]): Promise<BoundPort> {
  for (const port of ports) {
    const bound = await bindPort(port);
    if (bound !== undefined) return bound;
  }
  const subject =
    ports.length === 1 ? `Port ${String(ports[0])} is` : `Ports ${ports.join(', ')} are`;
  const object = ports.length === 1 ? 'the port' : 'one of the ports';
  throw new TpksError(
    'failed',
    `${subject} not available: the browser's response cannot be received`,
    { hint: `stop the program that uses ${object}, then run the command again` },
  );
}

/** @returns `undefined` if the port is not available on one of the addresses. */
async function bindPort(requestedPort: number): Promise<BoundPort | undefined> {
  const servers: Server[] = [];
  let port = requestedPort;
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
      throw new TpksError('failed', `Cannot listen on localhost: ${errorMessage(error)}`, {
        hint: 'check that no firewall or container prevents programs from listening on 127.0.0.1',
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

function createNonce(): string {
  return randomBytes(16).toString('base64url');
}

/** Only scripts and styles with this nonce run. */
function createOutcomePage({ isSuccess, title, text }: Outcome, nonce: string) {
  // The code has been used, but it should not stay in the address bar and the history.
  const script = `history.replaceState(null, '', location.pathname);`;
  return createPage({ title, text, tone: isSuccess ? 'good' : 'bad', script, nonce });
}

/** Posts the URL fragment, which browsers do not send, to the listener, and shows the outcome. */
function createRelayPage(nonce: string) {
  const script = `
    const fragment = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    const show = ({ title, text, isSuccess }) => {
      document.title = title + ' - tpks';
      document.querySelector('h1').textContent = title;
      document.querySelector('p').textContent = text;
      document.querySelector('main').className = isSuccess ? 'good' : 'bad';
    };
    const showFailure = (title, text) => show({ isSuccess: false, title, text });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    if (fragment === '') showFailure('No response', 'This address contains no response from the UAA.');
    else fetch(location.pathname, { method: 'POST', headers, body: fragment })
      .then((response) => response.json())
      .then(show, () => showFailure('tpks is not waiting for this response',
        'The command has ended, or the response belongs to another login.'));`;
  const text = 'Sending the response to tpks.';
  const noscript =
    'JavaScript is disabled in this browser, so the response cannot be sent to tpks.';
  return createPage({ title: 'One moment', text, tone: 'plain', script, noscript, nonce });
}

interface PageContent {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly script: string;
  /** Shown if scripts are disabled. */
  readonly noscript?: string;
  readonly nonce: string;
}

function createPage({ title, text, tone, script, noscript, nonce }: PageContent) {
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
        `connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - tpks</title>
<style nonce="${nonce}">${style}</style>
<main class="${tone}" aria-live="polite"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></main>
${noscript === undefined ? '' : `<noscript><p>${escapeHtml(noscript)}</p></noscript>`}
<script nonce="${nonce}">${script}</script>
</html>
`,
  };
}

const style = `
  body { font: 1.05rem/1.6 system-ui, sans-serif; margin: 15vh auto 2rem; max-width: 34rem; }
  p { overflow-wrap: anywhere; }
  .good h1::before { content: '✓ '; }
  .bad h1::before { content: '✗ '; }
`;
