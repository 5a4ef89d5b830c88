import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodePathSegment } from '../../../../src/http/resource/path-segment.js';
import { createClusters } from '../../../../src/pks/clusters.js';
import { createNetworkProfiles } from '../../../../src/pks/profiles.js';
import { createTasks } from '../../../../src/pks/tasks.js';
import { createUsers } from '../../../../src/uaa/users.js';
import { fakeSend } from '../../uaa/fake-send.js';

test('encodes every name as one segment that decodes to the same name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
      fc.pre(name.trim() !== '' && name !== '.' && name !== '..' && !/\p{Cs}/u.test(name));
      const { pathname } = new URL(`https://api.example.com/v1/plans/${encodePathSegment(name)}`);
      const segments = pathname.split('/');
      expect(segments).toHaveLength(4);
      expect(decodeURIComponent(segments[3] ?? '')).toBe(name);
    }),
  );
});

const impossible: [name: string, message: string][] = [
  ['', 'The user id is empty'],
  [' \t\n', 'The user id is empty'],
  ['.', 'The user id cannot be "."'],
  ['..', 'The user id cannot be ".."'],
  ['a\ud800b', 'The user id contains an incomplete Unicode character'],
  ['x'.repeat(4001), 'The user id is too long: it has 4001 characters'],
  ['集'.repeat(1000), 'The user id is too long: it has 1000 characters'],
];

test.each(impossible)('rejects %j', (name, message) => {
  expect(() => encodePathSegment(name, 'user id')).toThrow(
    expect.objectContaining({ kind: 'usage', message }),
  );
});

test.each(
  impossible.map(([name, message]) => [message.replace('The user id', 'it'), name] as const),
)('a name from a server is reported as malformed if %s', async (reason, name) => {
  const rejection = (field: string) =>
    expect.objectContaining({
      kind: 'unavailable',
      message: expect.stringContaining(`(${field}: ${reason})`),
    });
  const respond = (body: object) => fakeSend(() => body).send;
  const origin = 'https://api.example.com';
  const user = { id: name, userName: 'cody', origin: 'uaa' };
  const users = createUsers(respond({ resources: [user], totalResults: 1 }), origin);
  await expect(users.findId({ name: 'cody' })).rejects.toEqual(rejection('id'));
  await expect(createClusters(respond([{ name }]), origin).list()).rejects.toEqual(
    rejection('name'),
  );
  const tasks = createTasks(respond({ uuid: name }), origin);
  await expect(tasks.get('1')).rejects.toEqual(rejection('uuid'));
  const profiles = createNetworkProfiles(respond([{ name }]), origin);
  await expect(profiles.list()).rejects.toEqual(rejection('name'));
});
