import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the authority to trust, for https. */
  readonly ca?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly body: string;
}

const limitMilliseconds = 10_000;

/** How the sandbox's parts ask each other: over the wire, as the real ones do. */
export function ask({ method, url, headers, body, ca }: WireRequest): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const outgoing = send(
      url,
      {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
        timeout: limitMilliseconds,
        ...(ca === undefined ? {} : { ca }),
      },
      (incoming) => {
        incoming.setEncoding('utf8');
        let text = '';
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: text });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} does not answer`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
