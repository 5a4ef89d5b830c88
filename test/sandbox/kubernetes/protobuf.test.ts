import { expect, test } from '@jest/globals';
import { decodeProtobuf, type MessageSchema } from '../../../src/sandbox/kubernetes/protobuf.js';

const prefix = Buffer.from('k8s\0');
const schema: MessageSchema = {
  2: { name: 'spec', members: { 2: { name: 'verb' } } },
  4: {
    name: 'subjects',
    members: { 1: { name: 'name' }, 2: { name: 'apiGroup' } },
    isRepeated: true as const,
  },
};

/** A field with a length, such as a text or a message. Long texts have a length of two bytes. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const { length } = bytes;
  const size = length < 128 ? [length] : [(length % 128) | 128, Math.floor(length / 128)];
  return Buffer.concat([Buffer.of((number << 3) | 2, ...size), bytes]);
}

const encode = (...content: Buffer[]): Buffer =>
  Buffer.concat([prefix, field(1, 'type'), field(2, Buffer.concat(content))]);

test('decodes the known members of an object, and omits empty texts', () => {
  const aNumber = Buffer.of(4 << 3, 0x80, 0x01);
  const spec = field(2, Buffer.concat([field(2, 'ü'.repeat(100)), aNumber, field(9, 'unknown')]));
  const subject = (name: string) => field(4, Buffer.concat([field(1, name), field(2, '')]));
  expect(decodeProtobuf(encode(spec, subject('alana'), subject('cody')), schema)).toEqual({
    spec: { verb: 'ü'.repeat(100) },
    subjects: [{ name: 'alana' }, { name: 'cody' }],
  });
  expect(decodeProtobuf(encode(), schema)).toEqual({});
});

test.each([
  ['a text', Buffer.from('{}'), 'the prefix is missing'],
  ['an incomplete number', Buffer.concat([prefix, Buffer.of(0x80)]), 'unexpected end'],
  ['an incomplete text', Buffer.concat([prefix, Buffer.of(10, 5, 97)]), 'unexpected end'],
  ['an unknown wire type', Buffer.concat([prefix, Buffer.of(13, 1)]), 'unknown wire type 5'],
])('rejects %s', (_description, bytes, message) => {
  expect(() => decodeProtobuf(bytes, schema)).toThrow(message);
});
