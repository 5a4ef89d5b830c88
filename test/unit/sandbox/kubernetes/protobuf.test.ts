import { describe, expect, test } from '@jest/globals';
import {
  decodeProtobuf,
  type MessageSchema,
} from '../../../../src/sandbox/kubernetes/server/protobuf.js';

const prefix = Buffer.from('k8s\0');
const schema: MessageSchema = {
  2: ['spec', { 1: ['audiences', 'texts'], 2: ['verb', 'text'], 4: ['seconds', 'number'] }],
  3: ['labels', 'map'],
  4: ['subjects', [{ 1: ['name', 'text'], 2: ['apiGroup', 'text'] }]],
};

/** A field with a length, such as a text or a message. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

const typeMeta = field(1, Buffer.concat([field(1, 'example.com/v1'), field(2, 'Example')]));
const encode = (...content: Buffer[]): Buffer =>
  Buffer.concat([prefix, typeMeta, field(2, Buffer.concat(content))]);

test('decodes the known members of an object', () => {
  const spec = Buffer.concat([
    field(1, 'a'),
    field(1, 'ü'.repeat(100)),
    field(2, 'get'),
    field(9, 'unknown'),
    Buffer.concat([Buffer.of(4 << 3), varint(315_360_000)]),
  ]);
  expect(decodeProtobuf(encode(field(1, ''), field(2, spec)), schema)).toEqual({
    ...{ apiVersion: 'example.com/v1', kind: 'Example' },
    spec: { audiences: ['a', 'ü'.repeat(100)], verb: 'get', seconds: 315_360_000 },
  });
  expect(decodeProtobuf(encode(), schema)).toEqual({
    ...{ apiVersion: 'example.com/v1', kind: 'Example' },
  });
});

test('decodes maps and lists of messages, and omits empty texts', () => {
  const entry = (key: string, value: string) =>
    field(3, Buffer.concat([field(1, key), field(2, value)]));
  const subject = (name: string) => field(4, Buffer.concat([field(1, name), field(2, '')]));
  const bytes = encode(entry('a', 'b'), entry('c', ''), subject('alana'), subject('cody'));
  expect(decodeProtobuf(bytes, schema)).toMatchObject({
    labels: { a: 'b', c: '' },
    subjects: [{ name: 'alana' }, { name: 'cody' }],
  });
});

describe('rejects', () => {
  test.each([
    ['a text', Buffer.from('{}'), 'expected prefix [107 56 115 0]'],
    ['an incomplete number', Buffer.concat([prefix, Buffer.of(0x80)]), 'unexpected EOF'],
    ['an incomplete text', Buffer.concat([prefix, Buffer.of(10, 5, 97)]), 'unexpected EOF'],
    ['an endless number', Buffer.concat([prefix, Buffer.alloc(20, 0xff)]), 'unexpected EOF'],
    ['an unknown wire type', Buffer.concat([prefix, Buffer.of(13)]), 'illegal wireType 5'],
  ])('%s', (_description, bytes, message) => {
    expect(() => decodeProtobuf(bytes, schema)).toThrow(message);
  });
});
