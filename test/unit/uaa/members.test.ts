import { expect, test } from '@jest/globals';
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
