import { isTpksError } from '../../errors.js';
import type { Secret } from '../../secret.js';

/** A UAA client that authenticates with HTTP Basic, for routes that do not accept form fields. */
export interface BasicClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/**
 * Sends a request with the credentials of a client. UAA 74.5 and later decodes the id and the secret,
 * earlier versions do not. If encoding changes them, both forms are tried.
 * @param request - sends the request with the given headers; throws on 401.
 * @see uaa-api, section 1.1; real-uaa, section 2
 */
export async function sendAsClient<T>(
  client: BasicClient,
  request: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const credentials = [client.clientId, client.clientSecret.reveal()];
  const encoded = credentials.map(encodeURIComponent);
  try {
    const authorization = formatBasicHeader(encoded);
    return await request({ authorization, 'x-cf-encoded-credentials': 'true' });
  } catch (error) {
    const isUnchanged = credentials.every((text, index) => text === encoded[index]);
    if (isUnchanged || !isTpksError(error) || error.status !== 401) throw error;
    return request({ authorization: formatBasicHeader(credentials) });
  }
}

function formatBasicHeader(pair: readonly string[]): string {
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
}
