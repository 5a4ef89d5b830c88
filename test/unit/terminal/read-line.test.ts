import { PassThrough, Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readLine } from '../../../src/terminal/stdin.js';

const timeoutMilliseconds = 1000;

test.each([
  ['y\n', 'y'],
  ['y\r\n', 'y'],
  ['yes', 'yes'],
  ['\n', ''],
  ['größe\nmore\n', 'größe'],
])('reads %j as the line %j', async (text, line) => {
  expect(await readLine(Readable.from([Buffer.from(text)]), timeoutMilliseconds)).toBe(line);
});

test('reads a line whose pieces split a letter', async () => {
  const [first, second] = [Buffer.from('grö').subarray(0, 3), Buffer.from('öße\n').subarray(1)];
  expect(await readLine(Readable.from([first, second]), timeoutMilliseconds)).toBe('größe');
});

test('stops reading an endless stream after the line', async () => {
  let reads = 0;
  const stream = new Readable({
    read() {
      reads += 1;
      this.push('y\n');
    },
  });
  expect(await readLine(stream, timeoutMilliseconds)).toBe('y');
  expect(stream.isPaused()).toBe(true);
  expect(reads).toBeLessThan(100_000);
});

test('returns undefined at the end of input, after the timeout and for very long lines', async () => {
  expect(await readLine(Readable.from([]), timeoutMilliseconds)).toBeUndefined();
  const endedStream = Readable.from([]);
  await endedStream.toArray();
  expect(await readLine(endedStream, timeoutMilliseconds)).toBeUndefined();
  expect(await readLine(new PassThrough(), 20)).toBeUndefined();
  expect(await readLine(Readable.from(['x'.repeat(10_000)]), timeoutMilliseconds)).toBeUndefined();
});
