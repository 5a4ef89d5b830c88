import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodePathSegment } from '../../../../src/http/resource/path-segment.js';

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

test.each([
  ['', 'The user id is empty'],
  [' \t\n', 'The user id is empty'],
  ['.', 'The user id cannot be "."'],
  ['..', 'The user id cannot be ".."'],
  ['a\ud800b', 'The user id contains an incomplete Unicode character'],
  ['x'.repeat(4001), 'The user id is too long: it has 4001 characters'],
  ['集'.repeat(1000), 'The user id is too long: it has 1000 characters'],
])('rejects %j', (name, message) => {
  expect(() => encodePathSegment(name, 'user id')).toThrow(
    expect.objectContaining({ kind: 'usage', message }),
  );
});
