/** A request as a plain value, independent of the network. */
export interface SandboxRequest {
  readonly method: string;
  /** Path without query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as the client sent it, for URLs in responses. */
  readonly rawQuery?: string;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The body before it was decoded as UTF-8, for formats that are not text. */
  readonly bytes?: Buffer;
  /** Scheme, host and port that the client used, e.g. `https://127.0.0.1:8443`. */
  readonly origin: string;
  /** CSRF token for the forms on UAA pages, set by `withPageSecurity`. */
  readonly csrfToken?: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
  /** ID of the caller's UAA client. Written to the log, never sent. */
  readonly client?: string;
}

/** Thrown to end a request early. The router sends its response. */
export class ErrorResponse extends Error {
  readonly response: SandboxResponse;

  /** @param message - text of the response, for callers that catch the error. */
  constructor(response: SandboxResponse, message = `HTTP ${String(response.status)}`) {
    super(message);
    this.response = response;
  }
}

/** Returns the response of an {@link ErrorResponse}. @throws any other error unchanged. */
export function toErrorResponse(error: unknown): SandboxResponse {
  if (error instanceof ErrorResponse) return error.response;
  throw error;
}

/** Handles the requests to a server. */
export type Handle = (request: SandboxRequest) => Promise<SandboxResponse>;

export type Params = Readonly<Record<string, string>>;
export type Handler = (
  request: SandboxRequest,
  params: Params,
) => SandboxResponse | Promise<SandboxResponse>;

export interface Route {
  readonly method: string;
  readonly pattern: readonly string[];
  readonly handler: Handler;
}

/**
 * @param method - HTTP method; `*` matches any method.
 * @param path - `:name` matches one segment, which is percent-decoded into the params.
 */
export function route(method: string, path: string, handler: Handler): Route {
  return { method, pattern: path.split('/'), handler };
}

/**
 * Returns a function that calls the first matching route, or `fallback` if none matches. A HEAD
 * request without its own route is handled as GET, and the server omits the body.
 */
export function createRouter(routes: readonly Route[], fallback: Handler): Handle {
  const dispatch = (request: SandboxRequest): SandboxResponse | Promise<SandboxResponse> => {
    const methods = request.method === 'HEAD' ? ['HEAD', 'GET'] : [request.method];
    const segments = request.path.split('/');
    for (const candidate of methods) {
      for (const { method, pattern, handler } of routes) {
        if (method !== '*' && method !== candidate) continue;
        const params = matchSegments(pattern, segments);
        if (params) return handler(request, params);
      }
    }
    return fallback(request, {});
  };
  return async (request) => {
    try {
      return await dispatch(request);
    } catch (error) {
      return toErrorResponse(error);
    }
  };
}

/** Returns the methods that have a route for this path; empty if the path is unknown. */
export function findMethods(routes: readonly Route[], path: string): readonly string[] {
  const segments = path.split('/');
  const matching = routes.filter(({ pattern }) => matchSegments(pattern, segments) !== undefined);
  return [...new Set(matching.map(({ method }) => method))];
}

type Headers = SandboxResponse['headers'];

export function json(status: number, value: unknown, headers: Headers = {}): SandboxResponse {
  const type = { 'content-type': 'application/json;charset=UTF-8' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

export function text(status: number, body: string, headers: Headers = {}): SandboxResponse {
  return { status, headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers }, body };
}

export function html(status: number, body: string, headers: Headers = {}): SandboxResponse {
  return { status, headers: { 'content-type': 'text/html;charset=UTF-8', ...headers }, body };
}

export function empty(status: number, headers: Headers = {}): SandboxResponse {
  return { status, headers, body: '' };
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Params | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (expected.startsWith(':')) {
      if (actual === '') return undefined;
      params[expected.slice(1)] = decodePercent(actual);
    } else if (expected !== actual) return undefined;
  }
  return params;
}

/** Percent-decodes a text. Returns a text with invalid escapes unchanged. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the client prefers HTML to JSON, as browsers and clients that accept all types do. */
export function prefersHtml({ headers }: SandboxRequest): boolean {
  const [first = '*/*'] =
    (headers['accept'] ?? '').match(/text\/html|\*\/\*|application\/json/) ?? [];
  return first !== 'application/json';
}

/** Whether the `Accept` header lists JSON. */
export function acceptsJson({ headers }: SandboxRequest): boolean {
  return /application\/json/i.test(headers['accept'] ?? '');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
