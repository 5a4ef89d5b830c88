import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  CollectedOutput,
  createGroupedOutputs,
  createPrefixedOutputs,
  maximumJsonBytes,
  splitLines,
} from '../../../../src/commands/each/output.js';
import { createRunFolder } from '../../../../src/domain/each/run-folder.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

const fail = () => Promise.reject(new Error('must not be called'));

describe('lines', () => {
  const split = async (...parts: readonly (string | Uint8Array)[]) => {
    const all: string[] = [];
    for await (const lines of splitLines(chunks(...parts))) all.push(...lines);
    return all;
  };
  const letters = Buffer.from('é€😀');

  test.each([
    ['may end in a later chunk', ['a', 'b\nc', '\n', '\nd'], ['ab', 'c', '', 'd']],
    ['end with LF or CRLF', ['a\r\nb\r', '\nc\rd\n'], ['a', 'b', 'c\rd']],
    ['keep letters whose bytes are split', [...letters].map((byte) => Buffer.of(byte)), ['é€😀']],
    [
      'may contain bytes that are not UTF-8',
      [Buffer.of(0xff), 'a\n', Buffer.of(0xc3)],
      ['\ufffda', '\ufffd'],
    ],
  ])('%s', async (_name, parts, lines) => {
    expect(await split(...parts)).toEqual(lines);
  });
});

describe('prefixed output', () => {
  test('aligns the names and escapes them', async () => {
    const terminal = recordedTerminal();
    const [one, two] = createPrefixedOutputs(['a', 'b\u001b[2J\n'], terminal);
    await one?.read('stdout', chunks('first\nsecond'));
    await two?.read('stderr', chunks('third\n'));
    expect(terminal.lines).toEqual([
      ...['a          | first', 'a          | second', 'b\\x1b[2J\\n | third'],
    ]);
  });

  test('is not read after the reader has closed the pipe', async () => {
    const [output] = createPrefixedOutputs(['a'], { relay: () => Promise.resolve(false) });
    async function* endless() {
      yield Buffer.from('a\n');
      await fail();
    }
    await expect(output?.read('stdout', endless())).rejects.toThrow('The output was closed');
  });
});

test('grouped output is printed in blocks when the commands have ended', () =>
  withFolder(async (home) => {
    const terminal = recordedTerminal();
    /** Lets the other block start. */
    const relay: typeof terminal.relay = async (...words) => {
      await new Promise((resolve) => setImmediate(resolve));
      return terminal.relay(...words);
    };
    const [one, two, three] = createGroupedOutputs(
      ['../a', 'b', 'c\n'],
      await createRunFolder(home),
      { relay },
    );
    await one?.read('stdout', chunks('a1\n', 'a2\n', 'a3'));
    await two?.read('stdout', chunks('b1\nb2\n'));
    await two?.read('stderr', chunks('b3\n'));
    await one?.read('stderr', chunks('a4'));
    expect(terminal.lines).toEqual([]);
    await Promise.all([two?.finish(), one?.finish(), three?.finish()]);
    expect(terminal.lines).toEqual([
      ...['b:', 'b1', 'b2', 'b3', '', '../a:', 'a1', 'a2', 'a3', 'a4', '', 'c\n:'],
    ]);
    expect(readdirSync(home)).toEqual(['each']);
    expect(readdirSync(join(home, 'each'))).toHaveLength(1);
  }));

describe('collected output', () => {
  test('is cut after 1 MiB, but read to the end, or until the command is killed', async () => {
    async function* killed() {
      yield* chunks('x'.repeat(maximumJsonBytes - 1), 'ab', 'c');
      throw new Error('killed');
    }
    const output = new CollectedOutput();
    await expect(output.read('stdout', killed())).rejects.toThrow('killed');
    expect(output.text('stdout')).toMatch(/^x+a$/);
    expect(output.isTruncated()).toBe(true);
  });
});
