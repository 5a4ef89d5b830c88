import { toList, type JsonObject } from '../json.js';

/** The members of a message by field number. Other fields are ignored. */
export type MessageSchema = Readonly<Record<number, MemberSchema>>;

interface MemberSchema {
  readonly name: string;
  /** Undefined if the member is a string. */
  readonly members?: MessageSchema;
  readonly isRepeated?: true;
}

/** The first bytes of an object: `k8s` and a zero byte. */
const prefix = Buffer.from('k8s\0');

/**
 * Decodes an object in the protobuf format of Kubernetes, which kubectl uses for requests of
 * `auth can-i`, `auth whoami` and `create`. Empty strings are omitted, as in JSON.
 * @throws {Error} if the bytes are not in this format.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
export function decodeProtobuf(bytes: Buffer, schema: MessageSchema): JsonObject {
  if (!bytes.subarray(0, prefix.length).equals(prefix)) throw new Error('the prefix is missing');
  const { raw = {} } = decodeMessage(bytes.subarray(prefix.length), {
    2: { name: 'raw', members: schema },
  });
  return raw as JsonObject;
}

function decodeMessage(bytes: Buffer, schema: MessageSchema): JsonObject {
  const message: Record<string, unknown> = {};
  for (const { number, value } of readFields(bytes)) {
    const member = schema[number];
    if (!member) continue;
    const { name, members, isRepeated = false } = member;
    const decoded = members ? decodeMessage(value, members) : value.toString();
    if (isRepeated) message[name] = [...toList(message[name]), decoded];
    else if (decoded !== '') message[name] = decoded;
  }
  return message;
}

interface Field {
  readonly number: number;
  readonly value: Buffer;
}

/** Reads string and message fields. Numbers are skipped, because no schema contains any. */
function* readFields(bytes: Buffer): Generator<Field> {
  let position = 0;

  function readNumber(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[position++];
      if (byte === undefined) throw new Error('unexpected end of a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  while (position < bytes.length) {
    const tag = readNumber();
    const size = readNumber();
    const wireType = tag & 7;
    if (wireType === 0) continue;
    if (wireType !== 2) throw new Error(`unknown wire type ${String(wireType)}`);
    if (size > bytes.length - position) throw new Error('unexpected end of a text');
    yield { number: tag >>> 3, value: bytes.subarray(position, position + size) };
    position += size;
  }
}
