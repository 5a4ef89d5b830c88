import type { Client } from '../../api/uaa/clients.js';
import { mapInParallel } from '../../base/in-parallel.js';
import { TpksError } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import { hostOf } from '../../base/pks-conventions.js';
import type { Send } from '../../platform/http/send.js';
import { jwtBearerGrant } from '../ci-trust/content.js';

/**
 * Finds the clients that accept an empty secret, with one token request for each client, because the UAA does not
 * show this. Issued tokens are discarded.
 * @param send - sends no token, and does not throw for any status.
 * @returns the ids of the clients.
 * @see docs/contributing/servers/access.md#empty-secrets
 */
export async function findEmptySecrets(
  clients: readonly Client[],
  send: Send,
  uaa: string,
): Promise<ReadonlySet<string>> {
  const candidates = clients.filter(({ authorized_grant_types: grants }) =>
    (grants ?? []).some((grant) => !grantsWithoutSecret.includes(grant)),
  );
  const accepted = await mapInParallel(candidates, async ({ client_id: id }) =>
    (await acceptsEmptySecret(id, send, uaa)) ? [id] : [],
  );
  return new Set(accepted.flat());
}

/** These grants do not require a secret, or are only used together with another grant. */
const grantsWithoutSecret: readonly string[] = [jwtBearerGrant, 'implicit', 'refresh_token'];

async function acceptsEmptySecret(id: string, send: Send, uaa: string): Promise<boolean> {
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: '' };
  const { status, text } = await send({
    method: 'POST',
    url: `${uaa}/oauth/token`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  const body = tryParseJson(await text());
  if (status === 200 && isObject(body) && typeof body['access_token'] === 'string') {
    // Registers the token, so that traces and errors mask it.
    new Secret(body['access_token']);
    return true;
  }
  // The UAA checks the grant type and the scopes after the secret. In UAA 77, these errors have the same code as a wrong secret.
  const { error, error_description: description } = isObject(body) ? body : {};
  if (status === 400 && typeof error === 'string') return true;
  if (status === 401) {
    return typeof description === 'string' && description.startsWith('Unauthorized grant type');
  }
  throw new TpksError(
    'unavailable',
    `Cannot check whether the client ${id} accepts an empty secret: HTTP ${String(status)}`,
    { hint: 'run the command again, or omit --try-empty-secrets', host: hostOf(uaa), status },
  );
}
