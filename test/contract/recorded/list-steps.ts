import type { Exchange } from './exchange.js';

/** Creates GET requests of the client `admin` from titles and paths. */
export function listRequests(
  requests: readonly (readonly [title: string, path: string])[],
): readonly Exchange[] {
  return requests.map(([title, path]) => ({ title, request: `GET ${path}`, as: 'admin' }));
}

/** Encodes a filter for a query, except for the names of saved values. */
export function encodeFilter(filter: string): string {
  return encodeURIComponent(filter).replaceAll(/%3C([\w.-]+)%3E/g, '<$1>');
}

/**
 * Creates requests that list resources with a filter. The title of each is the filter.
 *
 * @param path - path and query; the filter is appended to them.
 */
export function filterRequests(path: string, filters: readonly string[]): readonly Exchange[] {
  return filters.map((filter) => ({
    title: `${path} with the filter ${JSON.stringify(filter)}`,
    request: `GET ${path}filter=${encodeFilter(filter)}`,
    as: 'admin',
  }));
}

/** Creates a group of the run and saves its ID as `NAME-id`. */
export function createGroup(name: string, json: Record<string, unknown> = {}): Exchange {
  return {
    title: `the group ${name} is created`,
    request: 'POST /Groups',
    as: 'admin',
    json: { displayName: `${name}<run>`, ...json },
    save: { [`${name}-id`]: 'id' },
  };
}
