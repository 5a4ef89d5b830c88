import { PassThrough, Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readLine } from '../../../src/terminal/read-line.js';

const patience = 1000;

test.each([
  ['y\n', 'y'],
  ['y\r\n', 'y'],
  ['yes', 'yes'],
  ['\n', ''],
  ['größe\nmore\n', 'größe'],
])('%j is the line %j', async (text, line) => {
  expect(await readLine(Readable.from([Buffer.from(text)]), patience)).toBe(line);
});

test('a line may come in pieces, cut within a letter', async () => {
  const [first, second] = [Buffer.from('grö').subarray(0, 3), Buffer.from('öße\n').subarray(1)];
  expect(await readLine(Readable.from([first, second]), patience)).toBe('größe');
});

test('of an endless stream no more is taken than the line', async () => {
  let given = 0;
  const stream = new Readable({
    read() {
      given += 1;
      this.push('y\n');
    },
  });
  expect(await readLine(stream, patience)).toBe('y');
  expect(stream.isPaused()).toBe(true);
  expect(given).toBeLessThan(100_000);
});

test('there is no line at the end of input, in a pipe that is silent, nor without line ends', async () => {
  expect(await readLine(Readable.from([]), patience)).toBeUndefined();
  const ended = Readable.from([]);
  await ended.toArray();
  expect(await readLine(ended, patience)).toBeUndefined();
  expect(await readLine(new PassThrough(), 20)).toBeUndefined();
  expect(await readLine(Readable.from(['x'.repeat(10_000)]), patience)).toBeUndefined();
});
