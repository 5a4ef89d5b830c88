import { describe, expect, test } from '@jest/globals';
import { createGroups } from '../../../src/uaa/groups.js';
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

  test('are ambiguous if several match and none is exact', async () => {
    await expect(createTestGroups('Team', 'team').get('TEAM')).rejects.toMatchObject({
      kind: 'failed',
      hint: 'use the exact name: Team or team',
    });
  });
});

test('does not return a group with another name', async () => {
  await expect(createTestGroups('teams').get('team')).rejects.toMatchObject({ kind: 'notFound' });
});

describe('remove', () => {
  test('by name looks up the group and deletes it', async () => {
    const { send, requests } = fakeSend(({ method }) =>
      method === 'GET' ? { resources: [group('team')], totalResults: 1 } : group('team'),
    );
    expect(await createGroups(send, uaa).remove({ name: 'team' })).toEqual(group('team'));
    expect(requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`)).toEqual([
      `GET ${uaa}/Groups`,
      `DELETE ${uaa}/Groups/id%20of%20team`,
    ]);
  });

  test('by id sends one request', async () => {
    const { send, requests } = fakeSend(() => group('team'));
    await createGroups(send, uaa).remove({ id: 'g 1?' });
    expect(requests).toMatchObject([{ method: 'DELETE', url: `${uaa}/Groups/g%201%3F` }]);
  });

  test('deletes nothing if the name does not exist', async () => {
    const { send, requests } = fakeSend(() => ({ resources: [group('teams')], totalResults: 1 }));
    await expect(createGroups(send, uaa).remove({ name: 'team' })).rejects.toMatchObject({
      kind: 'notFound',
    });
    expect(requests).toHaveLength(1);
  });
});
