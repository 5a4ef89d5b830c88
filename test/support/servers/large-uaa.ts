import { jwt } from '../fixtures/jwt.js';
import { respond, respondByPath, type Behaviour, type ReceivedRequest } from './faulty-server.js';

/** The UAA returns at most this many resources per page. */
const longestPage = 500;

/**
 * Simulates a UAA with many users, groups and clients, which are generated when a page is
 * requested. Every token request gets the token of an administrator.
 *
 * @param count - number of resources of each kind.
 */
export function largeUaa(count: number): Behaviour {
  const access_token = jwt({ client_id: 'admin', exp: Math.floor(Date.now() / 1000) + 43_200 });
  return respondByPath({
    '/oauth/token': respond({
      body: { access_token, token_type: 'bearer', expires_in: 43_199, scope: 'uaa.admin' },
    }),
    '/Users': listOf(count, user),
    '/Groups/External': listOf(0, group),
    '/Groups': listOf(count, group),
    '/oauth/clients': listOf(count, client),
    '/identity-providers': respond({ body: [] }),
  });
}

/** Returns the `startIndex` of each request for a page of a list. */
export function pagesOf(requests: readonly ReceivedRequest[], path: string): number[] {
  return requests
    .filter((request) => request.path.startsWith(`${path}?`))
    .map((request) => numberIn(request, 'startIndex') ?? 1);
}

function listOf(count: number, make: (number: number) => unknown): Behaviour {
  return (request, response, reset) => {
    const startIndex = numberIn(request, 'startIndex') ?? 1;
    const wanted = Math.min(numberIn(request, 'count') ?? 100, longestPage);
    const itemsPerPage = Math.max(0, Math.min(wanted, count - startIndex + 1));
    const resources = Array.from({ length: itemsPerPage }, (_, index) => make(startIndex + index));
    const body = { resources, startIndex, itemsPerPage, totalResults: count };
    respond({ body })(request, response, reset);
  };
}

function numberIn({ path }: ReceivedRequest, name: string): number | undefined {
  const text = new URL(path, 'https://localhost').searchParams.get(name);
  return text === null ? undefined : Number(text);
}

const time = '2026-11-25T01:02:03.000Z';
const meta = { version: 0, created: time, lastModified: time };

/** Returns a different UUID for each number. */
const idOf = (number: number): string =>
  `e032c190-4170-4851-bba4-${String(number).padStart(12, '0')}`;

function user(number: number): unknown {
  const userName = `user-${String(number)}`;
  const scopes = ['openid', 'uaa.user', 'profile', 'roles', 'user_attributes', 'scim.me'];
  return {
    id: idOf(number),
    meta,
    userName,
    name: { familyName: 'Example', givenName: userName },
    emails: [{ value: `${userName}@example.com`, primary: false }],
    groups: scopes.map((display, index) => ({ value: idOf(index), display, type: 'DIRECT' })),
    approvals: [],
    phoneNumbers: [],
    active: true,
    verified: true,
    origin: 'uaa',
    zoneId: 'uaa',
    passwordLastModified: time,
    schemas: ['urn:scim:schemas:core:1.0'],
  };
}

function group(number: number): unknown {
  return {
    id: idOf(number),
    meta,
    displayName: `group-${String(number)}`,
    description: 'A group',
    zoneId: 'uaa',
    members: [{ origin: 'uaa', type: 'USER', value: idOf(1) }],
    schemas: ['urn:scim:schemas:core:1.0'],
  };
}

function client(number: number): unknown {
  return {
    client_id: `client-${String(number)}`,
    scope: ['uaa.none'],
    resource_ids: ['none'],
    authorized_grant_types: ['client_credentials'],
    autoapprove: [],
    authorities: ['pks.clusters.admin.read', 'uaa.resource'],
    lastModified: 1_551_444_555_666,
    required_user_groups: [],
  };
}
