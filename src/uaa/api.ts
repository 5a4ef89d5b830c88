import { createApiClient, type ApiClient } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';

/**
 * @param send - throws on every status that is not a success.
 * @param uaa - base URL without a trailing slash.
 */
export function createUaaApi(send: Send, uaa: string): ApiClient {
  return createApiClient(send, {
    name: 'UAA',
    baseUrl: uaa,
    malformedHint: 'check that the address is the UAA’s: tpks uaa target',
  });
}
