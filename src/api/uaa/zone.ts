import { TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import type { Explain } from '../client/status-error.js';

/** Selects an identity zone: a part of the UAA with separate users, groups and clients. */
export type Zone = { readonly id: string } | { readonly subdomain: string };

/** Returns the header that selects a zone. @see uaa-api, section 10.3 */
export function createZoneHeader(zone: Zone): readonly [name: string, value: string] {
  return 'id' in zone
    ? ['x-identity-zone-id', zone.id]
    : ['x-identity-zone-subdomain', zone.subdomain];
}

/** Sends all requests to a zone. */
export function withZone(send: Send, zone: Zone): Send {
  const [name, value] = createZoneHeader(zone);
  return (request) => send({ ...request, headers: { ...request.headers, [name]: value } });
}

/** Explains errors about a zone, because the UAA's response is only an empty object. */
export function explainZone(zone: Zone): Explain {
  const what = 'id' in zone ? `the id ${zone.id}` : `the subdomain ${zone.subdomain}`;
  return ({ status, body }) => {
    if (!isEmptyObject(body)) return undefined;
    if (status === 404) {
      return new TpksError('failed', `Identity zone with ${what} not found`, {
        hint: 'list the zones: tpks uaa zones; omit --zone to use the default zone',
        status,
      });
    }
    if (status !== 403) return undefined;
    return new TpksError(
      'forbidden',
      `Your token does not have access to the identity zone with ${what}`,
      {
        hint: 'use a token with the scope uaa.admin or zones.ZONE-ID.admin',
        status,
      },
    );
  };
}

function isEmptyObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}
