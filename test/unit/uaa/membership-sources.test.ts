import { describe, expect, test } from '@jest/globals';
import { createMembershipSources, type Membership } from '../../../src/uaa/members.js';
import { TpksError } from '../../../src/errors.js';
import { fakeSend } from './fake-send.js';

const groupId = 'g-1';

interface Responses {
  readonly mappings?: readonly { readonly groupId: string; readonly origin: string }[];
  readonly providers?: readonly object[] | TpksError;
}

/** A UAA with these mappings and providers. */
function fakeUaa({ mappings = [], providers = [] }: Responses = {}) {
  return fakeSend(({ url }) => {
    if (!url.includes('/identity-providers')) {
      const resources = mappings.map((one) => ({
        ...{ displayName: 'team', externalGroup: 'cn=dev' },
        ...one,
      }));
      return { resources, startIndex: 1, itemsPerPage: 100, totalResults: resources.length };
    }
    if (providers instanceof TpksError) throw providers;
    return providers.map((one, index) => ({ id: String(index), type: 'oidc1.0', ...one }));
  });
}

/** @returns the source, and the paths of the requests. */
async function findSource(membership: Membership, responses: Responses = {}) {
  const { send, requests } = fakeUaa(responses);
  const find = await createMembershipSources(send, 'https://uaa').find([membership]);
  const paths = requests.map(({ url }) => new URL(url).pathname);
  return { source: find(membership), paths };
}

describe('the source of a membership', () => {
  test.each([
    [{ origin: 'uaa' }],
    [{}],
    // A login does not change nested groups.
    [{ type: 'GROUP', origin: 'ldap' }],
  ])('is known without a request: %j', async (membership) => {
    expect(await findSource({ groupId, ...membership })).toEqual({ source: 'added', paths: [] });
  });

  test('is a mapping if it has the same group and the same origin', async () => {
    const find = (mapping: { groupId: string; origin: string }) =>
      findSource({ groupId, origin: 'ldap' }, { mappings: [mapping] });
    expect(await find({ groupId, origin: 'ldap' })).toEqual({
      source: 'mapping',
      paths: ['/Groups/External'],
    });
    expect(await find({ groupId, origin: 'LDAP' })).toMatchObject({ source: 'unmapped' });
    expect(await find({ groupId: 'g-2', origin: 'ldap' })).toMatchObject({ source: 'unmapped' });
  });

  test.each([
    [{ groupMappingMode: 'AS_SCOPES' }, 'provider'],
    [{ groupMappingMode: 'EXPLICITLY_MAPPED' }, 'unmapped'],
    [{ ldapGroupFile: 'ldap/ldap-groups-as-scopes.xml' }, 'provider'],
    [{ ldapGroupFile: 'ldap/ldap-groups-map-to-scopes.xml' }, 'unmapped'],
    [undefined, 'unmapped'],
  ])('depends on the settings of the provider: %j', async (config, source) => {
    const providers = [
      { originKey: 'other', config: { groupMappingMode: 'AS_SCOPES' } },
      { originKey: 'okta', config },
    ];
    expect(await findSource({ groupId, origin: 'okta' }, { providers })).toMatchObject({ source });
  });

  test('is unknown if the token may not read the identity providers', async () => {
    const providers = new TpksError('forbidden', 'no');
    expect(await findSource({ groupId, origin: 'okta' }, { providers })).toMatchObject({
      source: 'unknown',
    });
  });

  test.each([[[]], [new TpksError('forbidden', 'no')]])(
    'is found for several memberships with one read of the mappings and the providers: %j',
    async (providers) => {
      const { send, requests } = fakeUaa({ providers });
      const { find } = createMembershipSources(send, 'https://uaa');
      await find([{ groupId, origin: 'okta' }]);
      await find([{ groupId, origin: 'ldap' }]);
      expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
        '/Groups/External',
        '/identity-providers',
      ]);
    },
  );
});
