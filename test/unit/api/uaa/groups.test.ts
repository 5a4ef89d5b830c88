import { describe, expect, test } from '@jest/globals';
import { createGroups } from '../../../../src/api/uaa/groups.js';
import { createMappings, type Mapping } from '../../../../src/api/uaa/mappings.js';
import { createMembers } from '../../../../src/api/uaa/members.js';
import {
  createMembershipSources,
  type Membership,
} from '../../../../src/api/uaa/membership-sources.js';
import { TpksError } from '../../../../src/base/errors.js';
import type { Send, HttpRequest } from '../../../../src/platform/http/send.js';
import { fakeSend } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const group = (displayName: string) => ({ id: `id of ${displayName}`, displayName });

function createTestGroups(...names: readonly string[]) {
  const { send } = fakeSend(() => ({ resources: names.map(group), totalResults: names.length }));
  return createGroups(send, uaa);
}

describe('names that differ only in case', () => {
  test('match exactly if possible', async () => {
    expect((await createTestGroups('Team', 'team', 'TEAM').get('team')).id).toBe('id of team');
  });

  test('match in any case if there is only one', async () => {
    expect((await createTestGroups('Team').get('tEAM')).id).toBe('id of Team');
  });

  test('do not match if several differ only in case', async () => {
    await expect(createTestGroups('Team', 'team').get('TEAM')).rejects.toMatchObject({
      kind: 'notFound',
    });
  });
});

describe('repairing a membership', () => {
  const erin = { id: 'u-1', name: 'erin' };

  /** Fails with these errors, by method. */
  const failingSend = (errors: Readonly<Record<string, TpksError>>) => {
    const { send, requests } = fakeSend(() => ({ value: 'u-1' }));
    const failing: Send = async (request) => {
      const response = await send(request);
      const error = errors[request.method];
      if (error !== undefined) throw error;
      return response;
    };
    return { members: createMembers(failing, uaa), requests };
  };

  test('adds the membership if a login has deleted it in the meantime', async () => {
    const gone = new TpksError('notFound', 'gone', { oauthError: 'member_not_found' });
    const { members, requests } = failingSend({ DELETE: gone });
    await members.repair('g-1', erin);
    expect(requests.map(({ method }) => method)).toEqual(['DELETE', 'POST']);
  });

  test('reports a membership that was removed but not added again', async () => {
    const { members } = failingSend({ POST: new TpksError('unavailable', 'Connection lost') });
    await expect(members.repair('g-1', erin)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'erin was removed from the group, but not added again: Connection lost',
      hint: 'run the same command again to add erin',
    });
  });
});

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

  test.each([[[]], [new TpksError('forbidden', 'no')]])(
    'is found for several memberships with one read of the mappings and the providers: %j',
    async (providers) => {
      const { send, requests } = fakeUaa({ providers });
      const sources = createMembershipSources(send, 'https://uaa');
      await sources.find([{ groupId, origin: 'okta' }]);
      await sources.find([{ groupId, origin: 'ldap' }]);
      expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
        '/Groups/External',
        '/identity-providers',
      ]);
    },
  );
});

const mapping = (externalGroup: string, more: Partial<Mapping> = {}): Mapping => ({
  groupId: 'g/1',
  displayName: 'team',
  externalGroup,
  origin: 'ldap',
  ...more,
});
const teamMapping = { group: { name: 'team' }, externalGroup: 'cn=dev', origin: 'ldap' };

/** @returns `requests` without those that look up the group. */
function createTestMappings(respond: (request: HttpRequest) => unknown) {
  const requests: HttpRequest[] = [];
  const { send } = fakeSend((request) => {
    if (new URL(request.url).pathname !== '/Groups') {
      requests.push(request);
      return respond(request);
    }
    return { resources: [{ id: 'g/1', displayName: 'team' }], totalResults: 1 };
  });
  return { mappings: createMappings(send, uaa), requests };
}

describe('mapping a group', () => {
  test.each([
    ['cn=a/b', 'a slash'],
    ['a\0b', 'a null byte'],
    ['a\u2028b', 'a line break'],
    ['\ud800', 'an incomplete Unicode character'],
    ['..', 'only dots'],
  ])(
    'rejects the name %j, which could not be unmapped, and sends nothing',
    async (name, problem) => {
      const { mappings, requests } = createTestMappings(() => mapping(name));
      await expect(mappings.map({ ...teamMapping, externalGroup: name })).rejects.toMatchObject({
        kind: 'usage',
        message: `The name contains ${problem}: the UAA could map it but not unmap it later`,
      });
      await expect(mappings.unmap({ ...teamMapping, externalGroup: name })).rejects.toMatchObject({
        kind: 'usage',
      });
      expect(requests).toEqual([]);
      await mappings.map({ ...teamMapping, externalGroup: name }, { allowPermanent: true });
      expect(requests).toHaveLength(1);
    },
  );

  test.each([
    ['externalGroup', 'x'.repeat(256), 'The name of the external group is longer than 255'],
    ['origin', 'x'.repeat(37), 'The origin is longer than 36'],
  ])(
    'rejects a value for %s that is longer than its database column',
    async (field, value, message) => {
      const { mappings, requests } = createTestMappings(() => mapping('x'));
      await expect(
        mappings.map({ ...teamMapping, [field]: value }, { allowPermanent: true }),
      ).rejects.toMatchObject({ kind: 'usage', message: `${message} characters` });
      expect(requests).toEqual([]);
    },
  );
});
