import { Agent, request as sendRequest } from 'node:https';
import type { Sandbox } from '../../../src/sandbox/sandbox.js';

/**
 * A request of a recording. `<name>` in any text is replaced by a saved value; `<run>` is eight
 * digits that differ in each run, for names that no other run uses.
 */
export interface Exchange {
  /** Name of the test; unique in its file. */
  readonly title: string;
  /** Method, path and query, for example `GET /Users/<id>`. */
  readonly request: string;
  /** Name of a saved access token; sent as `Authorization: Bearer`. */
  readonly as?: string;
  /** Sent as `Authorization: Basic`, without percent-encoding. */
  readonly basic?: readonly [id: string, secret: string];
  /** Default: `accept: application/json`. Null removes a header. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** A form; as a text, it is sent unchanged. */
  readonly form?: Readonly<Record<string, string>> | string;
  readonly json?: unknown;
  /** A body that is sent unchanged. Set its content type with `headers`. */
  readonly body?: string;
  /** Name of a browser session: cookies of its responses are sent with its next requests. */
  readonly session?: string;
  /**
   * Values to save: a path into the JSON body (`resources.0.id`), or a pattern for the location or
   * the body, of which the first group is saved.
   */
  readonly save?: Readonly<Record<string, string | RegExp>>;
}

export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** The values and cookies of one run against one server. */
export interface Run {
  readonly uaa: string;
  /** PEM. */
  readonly caCert: string;
  /** Sends to the sandbox without the network. */
  readonly respond?: Sandbox['respondAsUaa'];
  readonly saved: Map<string, string>;
  /** Cookies by session and name. */
  readonly sessions: Map<string, Map<string, string>>;
}

/** Sends a request and saves values of the response. @throws if one of them is missing. */
export async function sendExchange(exchange: Exchange, run: Run): Promise<ReceivedResponse> {
  const response = await send(exchange, run);
  keepCookies(exchange, response, run);
  for (const [name, source] of Object.entries(exchange.save ?? {})) {
    const value = find(source, response);
    if (value === undefined) {
      throw new Error(
        `"${exchange.title}" has no value for ${name}: ${String(response.status)} ${response.body}`,
      );
    }
    run.saved.set(name, value);
  }
  return response;
}

function send(exchange: Exchange, run: Run): Promise<ReceivedResponse> {
  const [, method = 'GET', path = '/'] = /^(\S+) (.*)$/s.exec(exchange.request) ?? [];
  const body = createBody(exchange, (text) => fillIn(text, run.saved));
  const headers = createHeaders(exchange, run, body);
  const request = { method, path: fillIn(path, run.saved), headers, body };
  return run.respond ? sendInProcess(request, run.respond, run) : sendOverNetwork(request, run);
}

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

async function sendInProcess(
  { method, path, headers, body = '' }: HttpRequest,
  respond: NonNullable<Sandbox['respondAsUaa']>,
  { uaa }: Run,
): Promise<ReceivedResponse> {
  const response = await respond({
    ...{ method, url: path, body: Buffer.from(body) },
    headers: { ...lowerCaseNames(headers), host: new URL(uaa).host },
  });
  return {
    status: response.status,
    headers: lowerCaseNames(response.headers),
    body: response.body,
  };
}

function lowerCaseNames<Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Keeps connections open, because a TLS handshake takes longer than most requests. */
const agent = new Agent({
  keepAlive: true,
  // Shorter than the time after which Tomcat closes an idle connection.
  timeout: 30_000,
});

function sendOverNetwork(
  { method, path, headers, body }: HttpRequest,
  { uaa, caCert }: Run,
): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(uaa);
    const sent = sendRequest(
      {
        ...{ host: url.hostname, port: url.port, method, path },
        ...{ headers, ca: caCert, agent },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const isLatin = /charset=iso-8859-1/i.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as ReceivedResponse['headers'],
            body: Buffer.concat(chunks).toString(isLatin ? 'latin1' : 'utf8'),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Replaces `<name>` with the saved value. Other text in angle brackets is not changed. */
function fillIn(text: string, saved: ReadonlyMap<string, string>): string {
  return text.replace(/<([\w.-]+)>/g, (match, name: string) => saved.get(name) ?? match);
}

function createBody(
  { form, json, body }: Exchange,
  fill: (text: string) => string,
): string | undefined {
  if (form !== undefined) {
    if (typeof form === 'string') return fill(form);
    const fields = Object.entries(form).map(([name, value]): [string, string] => [
      name,
      fill(value),
    ]);
    return new URLSearchParams(fields).toString();
  }
  if (json !== undefined) return fill(JSON.stringify(json));
  return body === undefined ? undefined : fill(body);
}

function createHeaders(
  { as, basic, headers, form, json, session }: Exchange,
  run: Run,
  body: string | undefined,
): Record<string, string> {
  const all: Record<string, string | null> = { accept: 'application/json' };
  if (form !== undefined) all['content-type'] = 'application/x-www-form-urlencoded';
  if (json !== undefined) all['content-type'] = 'application/json';
  // For methods such as DELETE, Node would use chunked encoding without the length of the body.
  if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
  if (basic) {
    const credentials = fillIn(basic.join(':'), run.saved);
    all['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  if (as !== undefined) {
    const token = run.saved.get(as);
    if (token === undefined) throw new Error(`No request has saved the token "${as}"`);
    all['authorization'] = `Bearer ${token}`;
  }
  const cookies = session === undefined ? undefined : run.sessions.get(session);
  if (cookies && cookies.size > 0) {
    all['cookie'] = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...all, ...headers })) {
    if (value !== null) result[name] = fillIn(value, run.saved);
  }
  return result;
}

function keepCookies({ session }: Exchange, { headers }: ReceivedResponse, run: Run): void {
  if (session === undefined) return;
  const jar = run.sessions.get(session) ?? new Map<string, string>();
  run.sessions.set(session, jar);
  for (const cookie of headers['set-cookie'] ?? []) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '' || /;\s*max-age=0\b/i.test(cookie)) jar.delete(name);
    else jar.set(name, value);
  }
}

function find(source: string | RegExp, { headers, body }: ReceivedResponse): string | undefined {
  if (typeof source !== 'string') {
    return source.exec(String(headers['location'] ?? ''))?.[1] ?? source.exec(body)?.[1];
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const key of source.split('.')) value = (value as Record<string, unknown> | null)?.[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
