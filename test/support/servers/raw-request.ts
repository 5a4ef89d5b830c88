import { Agent, request, type RequestOptions } from 'node:https';

/** A request that is sent with `node:https`, without the HTTP client of tpks. */
export interface RawRequest {
  readonly method?: string;
  readonly url: string;
  /** The CA to trust, as PEM. */
  readonly ca: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** The body, sent as JSON. */
  readonly json?: unknown;
  /** Sent as `Authorization: Basic`, without percent-encoding. */
  readonly basic?: readonly [id: string, secret: string];
  /** An access token, sent as `Authorization: Bearer`. */
  readonly bearer?: string;
}

/** The response to a {@link RawRequest}. */
export interface RawResponse {
  readonly status: number;
  /** Headers by lower-case name; repeated headers are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parses the body as JSON. @throws {SyntaxError} if the body is not JSON. */
  readonly json: () => Record<string, unknown>;
}

/** Keeps connections open, because a TLS handshake takes longer than most requests. */
const agent = new Agent({ keepAlive: true });

/** Sends a request: POST if it has a body, otherwise GET, unless `method` is set. */
export async function rawRequest(input: RawRequest): Promise<RawResponse> {
  const { url, ca, form, json, basic, bearer } = input;
  const headers: Record<string, string> = { accept: 'application/json', ...input.headers };
  if (basic) headers['authorization'] = `Basic ${Buffer.from(basic.join(':')).toString('base64')}`;
  if (bearer !== undefined) headers['authorization'] = `Bearer ${bearer}`;
  let body: string | undefined;
  if (form) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    body = new URLSearchParams(form).toString();
  } else if (json !== undefined) {
    headers['content-type'] ??= 'application/json';
    body = JSON.stringify(json);
  }
  // For methods such as DELETE, Node would use chunked encoding without the length of the body.
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  const method = input.method ?? (body === undefined ? 'GET' : 'POST');
  const options = { method, headers, ca, agent };
  return sendOnce(url, options, body).catch((error: unknown) => {
    if (error instanceof ClosedConnection) return sendOnce(url, options, body);
    throw error;
  });
}

/** Thrown if the server had closed the connection, for example because a test restarted the server. */
class ClosedConnection extends Error {}

function sendOnce(url: string, options: RequestOptions, body?: string): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: flat(response.headers),
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
        });
      });
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      reject(isClosed ? new ClosedConnection('closed', { cause: error }) : error);
    });
    sent.end(body);
  });
}

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
