import { TpksError } from '../errors.js';
import type { Explain } from '../http/status-error.js';
import type { Send } from '../http/send.js';

/** An identity zone: a UAA within the UAA, with users, groups and clients of its own. */
export type Zone = { readonly id: string } | { readonly subdomain: string };

/** The name and the value of the header that selects a zone. @see uaa-api, section 10.3 */
export function zoneHeader(zone: Zone): readonly [name: string, value: string] {
  return 'id' in zone
    ? ['x-identity-zone-id', zone.id]
    : ['x-identity-zone-subdomain', zone.subdomain];
}

/** Lets requests act in a zone. */
export function withZone(send: Send, zone: Zone): Send {
  const [name, value] = zoneHeader(zone);
  return (request) => send({ ...request, headers: { ...request.headers, [name]: value } });
}

/** Explains errors about a zone, for which the UAA sends an empty object. */
export function explainZone(zone: Zone): Explain {
  const what = 'id' in zone ? `the id ${zone.id}` : `the subdomain ${zone.subdomain}`;
  return ({ status, body }) => {
    if (!isEmptyObject(body)) return undefined;
    if (status === 404) {
      return new TpksError('failed', `There is no identity zone with ${what}`, {
        hint: 'tpks uaa zones lists them; without --zone it is the zone of the UAA itself',
        status,
      });
    }
    if (status !== 403) return undefined;
    return new TpksError('forbidden', `Your token may not act in the identity zone with ${what}`, {
      hint: 'for that it needs the scope uaa.admin, or zones.ZONE-ID.admin',
      status,
    });
  };
}

function isEmptyObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}
