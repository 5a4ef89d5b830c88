import type { JsonObject } from '../../body.js';
import { toList } from '../../storage/storage.js';

/**
 * The members of a message by field number. A member is a text, a list of texts, a map of texts, a
 * number, a message, or a list of messages. Fields that are not listed are ignored.
 */
export interface MessageSchema {
  readonly [field: number]: readonly [
    name: string,
    type: 'text' | 'texts' | 'map' | 'number' | MessageSchema | readonly [item: MessageSchema],
  ];
}

const mapEntrySchema: MessageSchema = { 1: ['key', 'text'], 2: ['value', 'text'] };

/** The first bytes of a message: `k8s` and a zero byte. */
const prefix = Buffer.from('k8s\0');

const envelopeSchema: MessageSchema = {
  1: ['typeMeta', { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] }],
};
const rawField = 2;

/**
 * Decodes an object in the protobuf format of Kubernetes, which current kubectl versions use for
 * requests of `auth can-i`, `auth whoami` and `create`. Empty texts are omitted, as in JSON.
 *
 * @throws {Error} if the bytes are not such a message.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
export function decodeProtobuf(bytes: Buffer, schema: MessageSchema): JsonObject {
  if (!bytes.subarray(0, prefix.length).equals(prefix)) {
    throw new Error(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  const envelope = bytes.subarray(prefix.length);
  const { typeMeta } = decodeMessage(envelope, envelopeSchema);
  const raw = [...readFields(envelope)].find(({ number }) => number === rawField)?.value;
  const content = Buffer.isBuffer(raw) ? decodeMessage(raw, schema) : {};
  return { ...(typeMeta as JsonObject | undefined), ...content };
}

function decodeMessage(bytes: Buffer, schema: MessageSchema): JsonObject {
  const message: Record<string, unknown> = {};
  for (const { number, value } of readFields(bytes)) {
    const [name, type] = schema[number] ?? [];
    if (name === undefined || type === undefined) continue;
    if (type === 'number') message[name] = Number(value);
    else if (Buffer.isBuffer(value)) addValue(message, name, type, value);
  }
  return message;
}

function addValue(
  message: Record<string, unknown>,
  name: string,
  type: Exclude<MessageSchema[number][1], 'number'>,
  bytes: Buffer,
): void {
  const current = message[name];
  if (type === 'text') {
    if (bytes.length > 0) message[name] = bytes.toString();
  } else if (type === 'texts') {
    message[name] = [...toList(current), bytes.toString()];
  } else if (type === 'map') {
    const { key = '', value = '' } = decodeMessage(bytes, mapEntrySchema);
    message[name] = { ...(current as JsonObject | undefined), [String(key)]: value };
  } else if (isListSchema(type)) {
    message[name] = [...toList(current), decodeMessage(bytes, type[0])];
  } else {
    message[name] = decodeMessage(bytes, type);
  }
}

function isListSchema(
  type: MessageSchema | readonly [MessageSchema],
): type is readonly [MessageSchema] {
  return Array.isArray(type);
}

interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

function* readFields(bytes: Buffer): Generator<Field> {
  let position = 0;

  function readVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('proto: unexpected EOF');
  }

  function readBytes(length: number): Buffer {
    if (length > bytes.length - position) throw new Error('proto: unexpected EOF');
    position += length;
    return bytes.subarray(position - length, position);
  }

  while (position < bytes.length) {
    const tag = Number(readVarint());
    const [number, wireType] = [tag >>> 3, tag & 7];
    if (wireType === 0) yield { number, value: readVarint() };
    else if (wireType === 2) yield { number, value: readBytes(Number(readVarint())) };
    else throw new Error(`proto: illegal wireType ${String(wireType)}`);
  }
}
