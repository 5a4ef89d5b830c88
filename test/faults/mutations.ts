import fc from 'fast-check';
import type { Exchange } from './recorded-commands.js';

/** A change that damages a response. */
export interface Mutation {
  /** For the report. */
  readonly name: string;
  readonly apply: (response: Exchange) => Exchange;
}

/** JSON texts that a field or a whole body is replaced with. */
const oddValues: readonly string[] = [
  ...['null', 'true', '0', '-1', '1.5', '1e300', '1e999', '9007199254740993', '-1e15'],
  ...['""', '" "', '"text"', '"12"', '"\\ud800"', '"\\u0000"', '"\\u001b[31m"', '"a/../b"'],
  ...['".."', '"%2e"', '"toString"', '"__proto__"', '"2026-13-45T99:99:99Z"', '"\\u202e"'],
  ...['[]', '{}', '[[]]', '[null]', '[1]', '["a"]', '[{}]', '{"__proto__":{"id":"x"}}'],
  ...['[{"toString":1}]', '{"constructor":1,"toString":2}', '{"length":1}', '{"then":1}'],
  JSON.stringify('x'.repeat(100_000)),
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
];

const oddBodies: readonly Buffer[] = [
  ...['', ' ', '{', '"', 'undefined', 'OK', '<!doctype html><title>Sign in</title>'],
  ...['\ufeff{}', '{"a":1}{"b":2}', "{'a':1}", '['.repeat(100_000), ...oddValues],
].map((text) => Buffer.from(text));

const statuses = [
  ...[100, 101, 103, 200, 201, 202, 204, 205, 206, 226, 300, 301, 302, 303, 304, 307, 308, 399],
  ...[400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 418, 421],
  ...[422, 423, 424, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 507, 511, 599],
  ...[0, 99, 600, 999],
];

const headers: readonly Readonly<Record<string, string>>[] = [
  { location: 'https://elsewhere.test/' },
  { location: '/here' },
  { location: 'http://[' },
  { location: 'javascript:alert(1)' },
  { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
  { date: 'Fri, 31 Dec 9999 23:59:59 GMT' },
  { date: 'Wed, 21 Oct 275761 07:28:00 GMT' },
  { date: 'yesterday' },
  { 'content-type': 'text/html' },
  { 'content-type': '' },
  { 'www-authenticate': 'Bearer error="invalid_token"' },
  { 'www-authenticate': '\u001b[31m' },
  { 'retry-after': '1e9' },
  { 'x-long': 'x'.repeat(10_000) },
];

const encodings: readonly Buffer[] = [
  Buffer.of(0xff, 0xfe),
  Buffer.of(0xc3),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0),
];

const fieldNames = ['__proto__', 'constructor', 'toString', 'error', 'id', 'then', 'resources'];

/** All kinds of damage to a response, at any position. */
export const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom(...statuses).map((status) => ({
    name: `status ${String(status)}`,
    apply: (response: Exchange) => ({ ...response, status }),
  })),
  fc.constantFrom(...headers).map((header) => ({
    name: `header ${JSON.stringify(header).slice(0, 60)}`,
    apply: (response: Exchange) => ({ ...response, headers: { ...response.headers, ...header } }),
  })),
  fc.constantFrom(...oddBodies).map((body) => ({
    name: `body ${preview(body)}`,
    apply: (response: Exchange) => ({ ...response, body }),
  })),
  fc.tuple(fc.constantFrom(...statuses), fc.constantFrom(...oddBodies)).map(([status, body]) => ({
    name: `status ${String(status)} and body ${preview(body)}`,
    apply: (response: Exchange) => ({ ...response, status, body }),
  })),
  fc.double({ min: 0, max: 1, noNaN: true }).map((part) => ({
    name: `cut off after ${part.toFixed(2)} of the body`,
    apply: (response: Exchange) => ({
      ...response,
      body: response.body.subarray(0, Math.floor(part * response.body.length)),
    }),
  })),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...encodings))
    .map(([part, bytes]) => ({
      name: `bytes ${bytes.toString('hex')} at ${part.toFixed(2)} of the body`,
      apply: (response: Exchange) => {
        const offset = Math.floor(part * response.body.length);
        const { body } = response;
        return {
          ...response,
          body: Buffer.concat([body.subarray(0, offset), bytes, body.subarray(offset)]),
        };
      },
    })),
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(), fc.constantFrom(...oddValues))
      .map(([index, value]) =>
        inField(`${value.slice(0, 40)} as`, index, (holder, key) => set(holder, key, value)),
      ),
  },
  fc.tuple(fc.nat(), fc.constantFrom(...oddValues)).map(([index, value]) => ({
    name: `${value.slice(0, 40)} as claim ${String(index % 100)} of the access token`,
    apply: (response: Exchange) => withClaim(response, index, value),
  })),
  fc.constantFrom(...oddValues).map((value) => ({
    name: `${value.slice(0, 40)} as user_id of the access token`,
    apply: (response: Exchange) => withClaim(response, 0, value, 'user_id'),
  })),
  {
    weight: 2,
    arbitrary: fc.nat().map((index) =>
      inField('without', index, (holder, key) => {
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else Reflect.deleteProperty(holder, key);
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(), fc.constantFrom(...fieldNames), fc.constantFrom(...oddValues))
      .map(([index, name, value]) =>
        inField(`${name}: ${value.slice(0, 40)} beside`, index, (holder) =>
          set(holder, name, value),
        ),
      ),
  },
);

/** @param name - the claim to set; by default, the one at that index. */
function withClaim(response: Exchange, index: number, value: string, name?: string): Exchange {
  const body = response.body
    .toString()
    .replace(/eyJ[\w-]+\.([\w-]+)\.[\w-]*/, (token, claims: string) => {
      const payload = Buffer.from(claims, 'base64url');
      const changed = inField('', index, (holder, key) => {
        set(holder, name ?? key, value);
      }).apply({ ...response, body: payload });
      return token.replace(claims, changed.body.toString('base64url'));
    });
  return { ...response, body: Buffer.from(body) };
}

type Holder = Record<string, unknown> | unknown[];

/** Changes one field of a JSON body: the one at that index, modulo the number of fields. */
function inField(
  what: string,
  index: number,
  change: (holder: Holder, key: string) => void,
): Mutation {
  return {
    name: `${what} field ${String(index % 1000)}`,
    apply: (response) => {
      const root = parsed(response.body);
      if (typeof root !== 'object' || root === null)
        return { ...response, body: Buffer.from('{}') };
      const fields = fieldsOf(root as Holder);
      const field = fields[index % Math.max(1, fields.length)];
      if (field === undefined) return { ...response, body: Buffer.from('{"added":true}') };
      marks.clear();
      change(...field);
      return { ...response, body: Buffer.from(withMarks(JSON.stringify(root))) };
    },
  };
}

/** JSON texts that JSON.stringify cannot write; they replace their marks in its result. */
const marks = new Map<string, string>();

function set(holder: Holder, key: string, value: string): void {
  const mark = `mark-${String(marks.size)}-of-the-campaign`;
  marks.set(JSON.stringify(mark), value);
  // An assignment to `__proto__` would add no field.
  Object.defineProperty(holder, key, {
    value: mark,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function withMarks(json: string): string {
  return [...marks].reduce((text, [mark, value]) => text.replace(mark, () => value), json);
}

function fieldsOf(holder: Holder): [Holder, string][] {
  return Object.entries(holder).flatMap(([key, value]): [Holder, string][] => [
    [holder, key],
    ...(typeof value === 'object' && value !== null ? fieldsOf(value as Holder) : []),
  ]);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

function preview(body: Buffer): string {
  return JSON.stringify(body.subarray(0, 30).toString());
}
