import type { Collection } from '../../storage/collection.js';
import { json } from '../../router.js';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { listedClientToJson } from './json.js';
import type { Client } from '../store/clients.js';
import { clientFilters, clientOrders } from './columns.js';
import { containerError } from '../container-error.js';
import { InvalidFilter } from '../store/filter.js';
import { findRows, type Found } from '../store/query.js';
import type { JsonObject } from '../scim/body.js';

/**
 * Answers a list request for clients, which differs from the lists of users and groups: no bound
 * on a page, no `required_user_groups`, and fields picked by a reader that finds few of them.
 *
 * @throws ErrorResponse 500 without a word for a bad filter, sort column or start; 400 for a number that
 *   is none.
 */
export function clientList(request: SandboxRequest, clients: Collection<Client>): SandboxResponse {
  const { query } = request;
  const startIndex = numberOf(request, 'startIndex', 1);
  const found = select(request, clients);
  const itemsPerPage = Math.min(numberOf(request, 'count', 100), found.total);
  if (startIndex < 1) throw containerError(request, 500);
  const attributes = query.get('attributes') ?? '';
  if (/\s/.test(attributes)) throw containerError(request, 500);
  const page = found.page(startIndex - 1, Math.max(itemsPerPage, 0));
  return json(200, {
    resources: page.map((client) => picked(listedClientToJson(client), attributes)),
    startIndex,
    itemsPerPage,
    totalResults: found.total,
    schemas: ['http://cloudfoundry.org/schema/scim/oauth-clients-1.0'],
  });
}

function select(request: SandboxRequest, rows: Collection<Client>): Found<Client> {
  const { query } = request;
  try {
    return findRows(
      { rows, filters: clientFilters, orders: clientOrders },
      {
        filter: query.get('filter') ?? '',
        sortBy: query.get('sortBy') || 'client_id',
        isAscending: (query.get('sortOrder') || 'ascending').toLowerCase() === 'ascending',
      },
    );
  } catch (error) {
    throw error instanceof InvalidFilter ? containerError(request, 500) : error;
  }
}

function numberOf(request: SandboxRequest, name: string, fallback: number): number {
  const value = request.query.get(name) || String(fallback);
  if (!/^[+-]?\d+$/.test(value)) throw containerError(request, 400);
  return Number(value);
}

/** Members that the real server's reader finds under the names of the answer. */
const readable = new Set(['scope', 'authorities']);

function picked(client: JsonObject, attributes: string): JsonObject {
  if (attributes === '') return client;
  const names = attributes.split(',').filter((name) => name !== '');
  const isFound = (name: string) => readable.has(name) || !known.has(name);
  return Object.fromEntries(
    names.map((name) => [name, (isFound(name) ? client[name] : undefined) ?? null]),
  );
}

const known = new Set([
  'client_id',
  'resource_ids',
  'authorized_grant_types',
  'redirect_uri',
  'autoapprove',
  'access_token_validity',
  'refresh_token_validity',
]);
