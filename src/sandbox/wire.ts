import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the authority to trust, for https; the system's are trusted if absent. */
  readonly ca?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly body: string;
}

const timeoutMilliseconds = 10_000;
const maximumCharacters = 64 * 1024 * 1024;

/** Resumes TLS sessions, but keeps no connection: one may be closed as it is used again. */
const agent = new Agent({ keepAlive: false });

/**
 * How the sandbox's parts ask each other: over the wire, as the real ones do.
 *
 * @throws {Error} when no answer came; the message says why.
 */
export function ask({ method, url, headers, body, ca }: WireRequest): Promise<WireResponse> {
  const options = {
    method,
    headers: {
      ...headers,
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    },
    signal: AbortSignal.timeout(timeoutMilliseconds),
  };
  return new Promise((resolve, reject) => {
    const outgoing = url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent, ...(ca !== undefined && { ca }) })
      : httpRequest(url, { ...options, agent: false });
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maximumCharacters) incoming.destroy(new Error('the answer is too large'));
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The header of HTTP's Basic authentication. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}
