import { describe, expect, test } from '@jest/globals';
import { createGroups } from '../../../src/uaa/groups.js';
import { fakeSend } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const group = (displayName: string) => ({ id: `id of ${displayName}`, displayName });

function serving(...names: readonly string[]) {
  const { send } = fakeSend(() => ({ resources: names.map(group), totalResults: names.length }));
  return createGroups(send, uaa);
}

describe('names that differ in case alone', () => {
  test('the exact one is meant', async () => {
    expect((await serving('Team', 'team', 'TEAM').get('team')).id).toBe('id of team');
  });

  test('the only one is meant', async () => {
    expect((await serving('Team').get('tEAM')).id).toBe('id of Team');
  });

  test('none is meant where two fit alike', async () => {
    await expect(serving('Team', 'team').get('TEAM')).rejects.toMatchObject({
      kind: 'failed',
      hint: 'use the exact name: Team or team',
    });
  });
});

test('a group of another name is not taken for the one that was asked for', async () => {
  await expect(serving('teams').get('team')).rejects.toMatchObject({ kind: 'notFound' });
});

describe('deleting', () => {
  test('by name is a look-up and the deletion of just that group', async () => {
    const { send, requests } = fakeSend(({ method }) =>
      method === 'GET' ? { resources: [group('team')], totalResults: 1 } : group('team'),
    );
    expect(await createGroups(send, uaa).remove({ name: 'team' })).toEqual(group('team'));
    expect(requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`)).toEqual([
      `GET ${uaa}/Groups`,
      `DELETE ${uaa}/Groups/id%20of%20team`,
    ]);
  });

  test('by id is one request', async () => {
    const { send, requests } = fakeSend(() => group('team'));
    await createGroups(send, uaa).remove({ id: 'g 1?' });
    expect(requests).toMatchObject([{ method: 'DELETE', url: `${uaa}/Groups/g%201%3F` }]);
  });

  test('nobody is deleted for a name that is not there', async () => {
    const { send, requests } = fakeSend(() => ({ resources: [group('teams')], totalResults: 1 }));
    await expect(createGroups(send, uaa).remove({ name: 'team' })).rejects.toMatchObject({
      kind: 'notFound',
    });
    expect(requests).toHaveLength(1);
  });
});
