import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import type { Send } from '../../../src/http/send.js';
import { createMembers } from '../../../src/uaa/members.js';
import { fakeSend } from './fake-send.js';

test('changes members with one request each, and never writes the group', async () => {
  const { send, requests } = fakeSend(() => ({ value: 'u-1', type: 'USER', origin: 'ldap' }));
  const members = createMembers(send, 'https://uaa.example.com');
  await members.add('g/1', { id: 'u-1' });
  await members.remove('g/1', 'u/1');
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST https://uaa.example.com/Groups/g%2F1/members',
    'DELETE https://uaa.example.com/Groups/g%2F1/members/u%2F1',
  ]);
  expect(JSON.parse(String(requests[0]?.body))).toEqual({
    origin: 'uaa',
    type: 'USER',
    value: 'u-1',
  });
});

const uaa = 'https://uaa.example.com';

describe('repair', () => {
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

  test('removes the membership and adds it with the origin uaa', async () => {
    const { members, requests } = failingSend({});
    await members.repair('g-1', erin);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${uaa}/Groups/g-1/members/u-1`,
      `POST ${uaa}/Groups/g-1/members`,
    ]);
    expect(JSON.parse(String(requests[1]?.body))).toMatchObject({ origin: 'uaa' });
  });

  test('adds the membership if a login has deleted it in the meantime', async () => {
    const gone = new TpksError('notFound', 'gone', { oauthError: 'member_not_found' });
    const { members, requests } = failingSend({ DELETE: gone });
    await members.repair('g-1', erin);
    expect(requests.map(({ method }) => method)).toEqual(['DELETE', 'POST']);
  });

  test('accepts that another process has added the membership in the meantime', async () => {
    const exists = new TpksError('conflict', 'exists', { oauthError: 'member_already_exists' });
    const { members, requests } = failingSend({ POST: exists });
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

test('lists members with one request, including the users and groups', async () => {
  const memberList = [
    { value: 'u-1', type: 'USER', origin: 'uaa', entity: { userName: 'cody' } },
    { value: 'g-2', type: 'GROUP', origin: 'uaa', entity: null },
  ];
  const { send, requests } = fakeSend(() => memberList);
  expect(await createMembers(send, 'https://uaa.example.com').list('g/1')).toEqual(memberList);
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET https://uaa.example.com/Groups/g%2F1/members?returnEntities=true',
  ]);
});
