import { empty, ErrorResponse, json, route, type Route } from '../../router.js';
import type { JsonObject } from '../../body.js';
import type { Zone } from '../store/zones.js';
import { readZoneObject } from './zone-body.js';

/**
 * Creates the routes that manage clients of other zones. The sandbox validates the requests, but
 * does not support such clients, so it rejects all requests.
 *
 * @param find - returns a zone; throws ErrorResponse 404.
 * @see UAA 4.30.0 `ZoneEndpointsClientDetailsValidator`
 */
export function zoneClientRoutes(find: (id: string) => Zone): readonly Route[] {
  const check = (zoneId: string): void => {
    if (zoneId === 'uaa') throw new ErrorResponse(empty(403));
    find(zoneId);
  };
  return [
    route('POST', '/identity-zones/:id/clients', (request, { id = '' }) => {
      const client = readZoneObject(request);
      check(id);
      const problem = findProblem(client) ?? 'clients of other zones are not supported';
      return json(400, { error: 'invalid_client', error_description: problem });
    }),
    route('DELETE', '/identity-zones/:id/clients/:client', (_, { id = '' }) => {
      check(id);
      return empty(404);
    }),
  ];
}

function findProblem(client: JsonObject): string | undefined {
  const list = (name: string) => toWords(client[name]);
  if (list('scope').join() !== 'openid') return 'only openid scope is allowed';
  if (list('authorities').join() !== 'uaa.resource')
    return 'only uaa.resource authority is allowed';
  if (!hasText(client['client_id'])) return 'client_id cannot be blank';
  if (!hasText(client['client_secret'])) return 'client_secret cannot be blank';
  const isInternal = JSON.stringify(client['allowedproviders']) === '["uaa"]';
  return isInternal ? undefined : "only the internal IdP ('uaa') is allowed";
}

function toWords(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((word) => word !== '') : [];
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
