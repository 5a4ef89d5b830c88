import { ErrorResponse, empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { isJavaUri } from '../java/uri.js';
import { errorPageResponse } from './servlet-container.js';

type Headers = SandboxResponse['headers'];

/** What a page of another site may request. All sites and paths are allowed by default. */
interface CorsPolicy {
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  /** Whether responses name the origin instead of `*`, as browsers require for cookies. */
  readonly allowsCredentials: boolean;
}

const usualHeaders = [
  'accept',
  'authorization',
  'content-type',
  'accept-language',
  'content-language',
];

const usualPolicy: CorsPolicy = {
  methods: ['GET', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PATCH'],
  headers: usualHeaders,
  allowsCredentials: false,
};

/** For requests with the header `X-Requested-With`, which scripts in web pages send. */
const scriptPolicy: CorsPolicy = {
  methods: ['GET', 'OPTIONS'],
  headers: [...usualHeaders, 'x-requested-with'],
  allowsCredentials: true,
};

const maxAgeSeconds = 1_728_000;

/**
 * Handles a request from a page of another site.
 *
 * @returns headers to add to the response.
 * @throws ErrorResponse for a preflight request, or for a request that is not allowed.
 * @see UAA 4.30.0 `CorsFilter`
 */
export function checkCors(request: SandboxRequest): Headers {
  const { method, headers } = request;
  if (/^\/healthz(\/|$)/.test(request.path)) return {};
  const origin = headers['origin']?.trim() ?? '';
  if (origin === '') return {};
  const requestedHeaders = headers['access-control-request-headers'];
  const isByScript =
    (headers['x-requested-with'] ?? '').trim() !== '' ||
    splitList(requestedHeaders).includes('x-requested-with');
  const policy = isByScript ? scriptPolicy : usualPolicy;
  const isPreflight = method === 'OPTIONS';
  const requestedMethod = headers['access-control-request-method'];
  const reject = (status: number, added: Headers = {}): never => {
    const page =
      isPreflight && requestedMethod !== undefined
        ? preflightErrorPage(status, added)
        : errorPageResponse(request, status);
    throw new ErrorResponse({
      ...page,
      headers: { ...page.headers, ...added },
      rendering: 'escaped',
    });
  };
  if (!isPreflight && !policy.methods.includes(method)) reject(405);
  if (!isJavaUri(origin)) reject(403);
  const allowedOrigin = { 'access-control-allow-origin': policy.allowsCredentials ? origin : '*' };
  if (!isPreflight) return allowedOrigin;
  if (requestedMethod === undefined) return reject(400, allowedOrigin);
  if (!policy.methods.includes(requestedMethod.toUpperCase())) return reject(405, allowedOrigin);
  const allowed = {
    ...allowedOrigin,
    'access-control-allow-methods': policy.methods.join(', '),
  };
  if (requestedHeaders === undefined) return reject(400, allowed);
  const isAllowed = splitList(requestedHeaders).every((name) => policy.headers.includes(name));
  if (!isAllowed) return reject(403, allowed);
  const response = empty(200, {
    ...allowed,
    'access-control-allow-headers': requestedHeaders,
    'access-control-max-age': String(maxAgeSeconds),
  });
  throw new ErrorResponse({ ...response, rendering: 'escaped' });
}

/**
 * Creates the error page for a preflight request. Tomcat requests the page with OPTIONS, too, so
 * the page returns the methods that it supports.
 */
function preflightErrorPage(status: number, added: Headers): SandboxResponse {
  const response = empty(status, { allow: 'GET, HEAD, POST, PUT, DELETE, TRACE, OPTIONS, PATCH' });
  return 'access-control-allow-origin' in added
    ? response
    : { ...response, body: 'Invalid CORS request' };
}

function splitList(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.replaceAll(' ', '').toLowerCase().split(',');
}
