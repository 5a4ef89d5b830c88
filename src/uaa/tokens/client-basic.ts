import { isTpksError } from '../../errors.js';
import type { Secret } from '../../secret.js';

/** A UAA client that proves itself by Basic, as routes want it that know no form fields. */
export interface BasicClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/**
 * Does one request as a client. UAA before 74.5 takes both halves of the pair as they are, later
 * ones decode them: where that makes a difference, both spellings are tried.
 * @param request - gets the headers to send; throws on 401.
 * @see uaa-api, section 1.1; real-uaa, section 2
 */
export async function asBasicClient<T>(
  client: BasicClient,
  request: (headers: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const raw = [client.clientId, client.clientSecret.reveal()];
  const encoded = raw.map(encodeURIComponent);
  try {
    const authorization = basic(encoded);
    return await request({ authorization, 'x-cf-encoded-credentials': 'true' });
  } catch (error) {
    const isAlike = raw.every((text, index) => text === encoded[index]);
    if (isAlike || !isTpksError(error) || error.status !== 401) throw error;
    return request({ authorization: basic(raw) });
  }
}

function basic(pair: readonly string[]): string {
  return `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
}
