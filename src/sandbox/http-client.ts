import type { Pool } from 'undici';
import { isObject } from './body.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the client's base URL, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether it may be sent twice; by default, only a GET may. */
  readonly isIdempotent?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

const timeoutMilliseconds = 10_000;
const maximumBytes = 64 * 1024 * 1024;

/** Errors of a connection that the server closed before it sent a response. */
const connectionClosedCodes: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/** Sends requests from one of the sandbox's servers to another, over connections that it keeps. */
export type HttpClient = ReturnType<typeof createHttpClient>;

/**
 * @param baseUrl - may have a path.
 * @param ca - PEM of the authority to trust; the system's authorities are trusted if absent.
 */
export function createHttpClient(baseUrl: string, ca?: string) {
  const { origin, pathname } = new URL(baseUrl);
  const basePath = pathname.replace(/\/$/, '');
  let pool: Promise<Pool> | undefined;

  /** Loads undici for the first request, because it would delay the start of the sandbox. */
  async function createPool(): Promise<Pool> {
    // The bundle has no named exports of CommonJS packages.
    const { default: undici } = await import('undici');
    return new undici.Pool(origin, {
      maxResponseSize: maximumBytes,
      ...(ca !== undefined && { connect: { ca } }),
    });
  }

  async function sendOver(
    pool: Pool,
    { method, path, headers, body }: HttpRequest,
  ): Promise<HttpResponse> {
    const response = await pool.request({
      method,
      path: `${basePath}${path}`,
      headers,
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return { status: response.statusCode, body: await response.body.text() };
  }

  return {
    baseUrl,
    /** @throws {Error} if there is no complete response; the message says why. */
    async send(request: HttpRequest): Promise<HttpResponse> {
      pool ??= createPool();
      try {
        return await sendOver(await pool, request);
      } catch (error) {
        const { isIdempotent: isSafe = request.method === 'GET' } = request;
        if (!isSafe || !isObject(error) || !connectionClosedCodes.includes(error['code']))
          throw error;
        // The server may have closed the pool's other idle connections too.
        const freshPool = await createPool();
        return await sendOver(freshPool, request).finally(() => freshPool.destroy());
      }
    },
    /** Closes all connections. */
    close: async (): Promise<void> => (await pool)?.destroy(),
  };
}

/** The header of HTTP's Basic authentication. */
export function basicAuthorization(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}
