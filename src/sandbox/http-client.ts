import type { Pool } from 'undici';
import { isObject } from './json.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the client's base URL, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

const timeoutMilliseconds = 10_000;

/** Sends requests to other servers of the sandbox and to identity providers, over persistent connections. */
export type HttpClient = ReturnType<typeof createHttpClient>;

/** The UAA that checks tokens, and the API's client credentials at this UAA. */
export interface TokenCheckSettings {
  readonly uaa: HttpClient;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * @param baseUrl - can include a path.
 * @param ca - PEM of the CA to trust; default: Node's CAs.
 * @param skipsVerification - whether to accept any certificate.
 */
export function createHttpClient(baseUrl: string, ca?: string, skipsVerification = false) {
  const { origin, pathname } = new URL(baseUrl);
  const basePath = pathname.replace(/\/$/, '');
  let pool: Promise<Pool> | undefined;

  /** Loads undici on the first request, so that the sandbox starts faster. */
  async function createPool(): Promise<Pool> {
    // The runtime of the standalone binary replaces `undici` with its own module, which has no pools.
    // esbuild's bundle does not provide the named exports of CommonJS packages.
    const { default: undici } = await import('undici/index.js');
    return new undici.Pool(origin, {
      connect: {
        // Otherwise, NODE_TLS_REJECT_UNAUTHORIZED could turn off the verification.
        rejectUnauthorized: !skipsVerification,
        ...(ca !== undefined && { ca }),
      },
    });
  }

  return {
    baseUrl,
    /** @throws {Error} if no complete response arrives; the message states the reason. */
    async send({ method, path, headers, body }: HttpRequest): Promise<HttpResponse> {
      pool ??= createPool();
      const connections = await pool;
      const response = await connections.request({
        method,
        path: `${basePath}${path}`,
        headers,
        body: body ?? null,
        signal: AbortSignal.timeout(timeoutMilliseconds),
      });
      return { status: response.statusCode, body: await response.body.text() };
    },
    close: async (): Promise<void> => (await pool)?.destroy(),
  };
}

export function formatBasicAuthorization(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Some connection errors of Node have a code but no message. */
export function describeError(error: unknown): string {
  const { message, code } = isObject(error) ? error : {};
  if (typeof message === 'string' && message !== '') return message;
  return typeof code === 'string' ? code : String(error);
}
