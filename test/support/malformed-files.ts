import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A way to damage a file. */
export interface Malformation {
  readonly name: string;
  /** Replaces the file at this path with the malformed one. */
  readonly place: (path: string) => void;
  /** Whether reading it can hang or fill the memory, so that a separate process must read it. */
  readonly mayHang?: boolean;
}

/**
 * Creates malformed variants of a file: other file types, damaged bytes, other contents, and for
 * JSON also invalid values of its members.
 * @param random - from `createRandom`.
 */
export function malformations(good: Buffer, random: () => number): readonly Malformation[] {
  const contents = { ...damaged(good, random), ...texts(good), ...wrongMembers(good, random) };
  return [
    ...Object.entries(contents).map(([name, content]) => ({
      name,
      place: (path: string) => {
        writeFileSync(path, content);
      },
    })),
    ...otherKinds(),
  ];
}

function otherKinds(): readonly Malformation[] {
  const link = (target: (path: string) => string) => (path: string) => {
    symlinkSync(target(path), path);
  };
  const kinds: readonly Malformation[] = [
    {
      name: 'a named pipe without a writer',
      mayHang: true,
      place: (path) => {
        if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo failed');
      },
    },
    { name: 'a device without an end', mayHang: true, place: link(() => '/dev/zero') },
    {
      name: 'a file of 3 GiB',
      mayHang: true,
      place: (path) => {
        writeFileSync(path, '');
        truncateSync(path, 3 * 1024 ** 3);
      },
    },
    { name: 'a folder', place: (path) => mkdirSync(path, { mode: 0o700 }) },
    { name: 'a link to a folder', place: link((path) => dirname(path)) },
    { name: 'a link to itself', place: link((path) => path) },
    { name: 'a link to nothing', place: link((path) => join(dirname(path), 'nothing')) },
    { name: 'an empty device', place: link(() => '/dev/null') },
  ];
  return kinds.map((kind) => ({
    ...kind,
    place: (path) => {
      rmSync(path, { force: true, recursive: true });
      kind.place(path);
    },
  }));
}

function damaged(good: Buffer, random: () => number): Readonly<Record<string, Buffer>> {
  const randomPosition = (): number => Math.floor(random() * Math.max(1, good.length));
  const flipped = (): Buffer => {
    const copy = Buffer.from(good);
    const offset = randomPosition();
    if (offset < copy.length) copy[offset] = copy.readUInt8(offset) ^ (1 << (random() * 8));
    return copy;
  };
  const insert = (bytes: Buffer | string): Buffer => {
    const offset = randomPosition();
    return Buffer.concat([good.subarray(0, offset), Buffer.from(bytes), good.subarray(offset)]);
  };
  return {
    'cut off at the first third': good.subarray(0, good.length / 3),
    'cut off somewhere': good.subarray(0, randomPosition()),
    'cut off somewhere else': good.subarray(0, randomPosition()),
    'cut off before its last bytes': good.subarray(0, -2),
    'without its start': good.subarray(randomPosition()),
    'with a flipped bit': flipped(),
    'with another flipped bit': flipped(),
    'with a third flipped bit': flipped(),
    'with a NUL byte': insert('\0'),
    'with a NUL byte at the end': Buffer.concat([good, Buffer.from([0])]),
    'with a byte that is not UTF-8': insert(Buffer.from([0xff])),
    'with an encoded surrogate': insert(Buffer.from([0xed, 0xa0, 0x80])),
    'with an escape sequence': insert('\x1b[31m'),
    'of random bytes': Buffer.from(Array.from({ length: 500 }, () => random() * 256)),
  };
}

function texts(good: Buffer): Readonly<Record<string, Buffer | string>> {
  const text = good.toString('utf8');
  return {
    empty: '',
    'of NUL bytes': '\0'.repeat(1000),
    'of whitespace': ' \n\t\n',
    'with a byte order mark': `\ufeff${text}`,
    'with two byte order marks': `\ufeff\ufeff${text}`,
    'in UTF-16': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'with Windows line endings': text.replaceAll('\n', '\r\n'),
    'with everything twice': text + text,
    'of a very long line': 'x'.repeat(500_000),
    'that is null': 'null',
    'that is a list': '[]',
    'that is an object without members': '{}',
    'that is a number that is too large': '1e999',
    'that is a web page': '<!DOCTYPE html><html><body>Not found</body></html>',
    'that is half of a surrogate pair': '"\\ud800"',
    'that is of a newer version': '{"version": 2}',
    'of nested lists': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    'of nested objects': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
    'of nested list items': '- '.repeat(100_000),
    'of aliases that grow': aliases(),
    'with members that objects inherit':
      '{"__proto__": {"version": 1}, "constructor": {}, "toString": 1, "hasOwnProperty": null}',
  };
}

function aliases(): string {
  const rows = Array.from({ length: 8 }, (_none, row) => {
    const inner = row === 0 ? 'x' : `*a${String(row - 1)}`;
    return `a${String(row)}: &a${String(row)} [${Array.from({ length: 9 }, () => inner).join(',')}]`;
  });
  return `${rows.join('\n')}\n`;
}

const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  '',
  'x',
  '\ud800',
  '__proto__',
  'constructor',
  '9'.repeat(400),
  [],
  ['x'],
  {},
  { version: 1 },
];

function wrongMembers(good: Buffer, random: () => number): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(good.toString('utf8'));
  } catch {
    return {};
  }
  const all = places(value);
  if (all.length === 0) return {};
  const entries = Array.from({ length: 40 }, (): [string, string] => {
    const place = all[Math.floor(random() * all.length)]!;
    const wrong = wrongValues[Math.floor(random() * wrongValues.length)];
    const changed = structuredClone(value);
    const holder = place
      .slice(0, -1)
      .reduce((inner, key) => Reflect.get(inner as object, key) as unknown, changed);
    Reflect.set(holder as object, place.at(-1)!, wrong);
    const words = JSON.stringify(wrong).slice(0, 30);
    return [`with ${place.join('.')} as ${words}`, `${JSON.stringify(changed)}\n`];
  });
  return Object.fromEntries(entries);
}

function places(value: unknown, place: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const inner = [...place, key];
    return [inner, ...places(member, inner)];
  });
}
