import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readInputFile as readInput } from '../../../../src/platform/input/input-file.js';
import { parseYaml } from '../../../../src/platform/input/yaml.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { fileInput } from '../../../support/fixtures/file-input.js';

const folder = fileFolder();
const readInputFile = (path: string) => readInput(fileInput(path));

describe('an input file', () => {
  test.each([
    ['JSON', 'a.json', '{\n  "a": [1, {"b": "größe 😀"}],\n  "c": null\n}'],
    [
      'JSON with tabs',
      'b.json',
      '{\n\t"a":\t[1,\n\t{"b": "größe \\ud83d\\ude00"}],\n\t"c": null\n\t}',
    ],
    ['JSON with a byte order mark', 'c.json', '\ufeff{"a": [1, {"b": "größe 😀"}], "c": null}'],
    ['YAML', 'd.yaml', 'a:\n  - 1\n  - b: größe 😀\nc:\n'],
    ['YAML in a file named .json', 'e.json', '# a comment\na: [1, {b: größe 😀}]\nc: ~\n'],
  ])('can be %s', async (_form, name, text) => {
    const { value } = await readInputFile(folder.write(name, text));
    expect(value).toEqual({ a: [1, { b: 'größe 😀' }], c: null });
  });

  test.each(['', ' \n\n', '\ufeff\n'])('on stdin must not be blank: %j', async (stdin) => {
    await expect(readInput(fileInput('-', stdin))).rejects.toMatchObject({
      kind: 'usage',
      message: 'Standard input is empty',
    });
  });

  test('returns the line of each value, and for a missing value the line of its parent', async () => {
    const text =
      '{\n  "a": {\n    "b": [\n      1,\n      {\n        "c": 2 } ]\n  },\n  "d": 3\n}\n';
    const { lineOf } = await readInputFile(folder.write('lines.json', text));
    expect(
      [[], ['a'], ['a', 'b'], ['a', 'b', 0], ['a', 'b', 1], ['a', 'b', 1, 'c'], ['d']].map(lineOf),
    ).toEqual([1, 2, 3, 4, 5, 6, 8]);
    expect([['e'], ['a', 'x'], ['a', 'b', 7], ['a', 'b', 1, 'x', 'y']].map(lineOf)).toEqual([
      1, 2, 3, 5,
    ]);
  });

  test.each([
    ['JSON', '{\n "a": "x",\n "b": [{"c": "\\ud800"}],\n "d": {"\\udfff": 1}\n}'],
    ['YAML', 'a: x\n\nb: [{c: "\\uD800"}]\nd: {"\\udfff": 1}\n'],
  ])('reports each incomplete Unicode character in %s', async (_form, text) => {
    await expect(readInputFile(folder.write('half', text))).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/^Nothing was sent: .*half has 2 problems$/),
      hint:
        'line 3: this text contains an incomplete Unicode character\n' +
        'line 4: this text contains an incomplete Unicode character',
    });
  });

  test.each([
    ['an extra comma', '{\n "a": 1,,\n "b": 2\n}', ['line 2: ']],
    ['a missing brace', '{\n "a": 1\n', ['line ']],
    ['two errors', 'a: 1\na: 2\nb: !x 3\n', ['line 2: ', 'line 3: ']],
    ['a tag', 'a: 1\nb: !!js/function x\n', ['line 2: ']],
    ['two documents', 'a: 1\n---\nb: 2\n', ['line ']],
  ])('with %s is rejected with line numbers', async (_name, text, lines) => {
    const path = folder.write('wrong.yaml', text);
    const error = await readInputFile(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(path) });
    const hint = Reflect.get(error as object, 'hint') as string;
    const reported = hint.split('\n');
    expect(reported.length).toBeGreaterThanOrEqual(lines.length);
    for (const [index, start] of lines.entries())
      expect(reported[index]?.startsWith(start)).toBe(true);
  });

  test('that is invalid from some line on is rejected with one problem', async () => {
    const rows = Array.from({ length: 50 }, (_none, row) => `  k${String(row)}: [v]`);
    const starts = [['$ tpks uaa export', '', 'groups:'], ['words', 'b: 1', 'c: 2'], ['a: [']];
    for (const start of starts) {
      const path = folder.write('broken.yaml', [...start, ...rows].join('\n'));
      await expect(readInputFile(path)).rejects.toMatchObject({
        message: expect.stringContaining('1 problem'),
        hint: expect.not.stringContaining('\n'),
      });
    }
  });

  test('that grows exponentially by aliases is rejected', async () => {
    const rows = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let row = 1; row < 9; row += 1) {
      const [name, before] = [String.fromCharCode(97 + row), String.fromCharCode(96 + row)];
      rows.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`);
    }
    const reading = readInputFile(folder.write('bomb.yaml', rows.join('\n')));
    await expect(reading).rejects.toMatchObject({ kind: 'usage' });
  });

  test('with a number that JSON cannot represent is rejected', async () => {
    const reading = readInputFile(folder.write('infinite.yaml', 'a:\n  limit: .inf\n'));
    await expect(reading).rejects.toMatchObject({
      kind: 'usage',
      hint: 'line 1: limit is Infinity, which JSON cannot represent',
    });
  });

  test.each(['9007199254740993', '-9007199254740993', '0x20000000000001', '123456789012345678901'])(
    'with the integer %s, which would lose digits, is rejected with its line',
    async (number) => {
      const file = folder.write('big.yaml', `a: 9007199254740991\nb:\n  - x\n  - ${number}\n`);
      await expect(readInputFile(file)).rejects.toMatchObject({
        kind: 'usage',
        hint: `line 4: ${number} has too many digits for a number; put it in quotes to keep it as text`,
      });
    },
  );

  test.each([
    ['does not exist', () => join(folder.path, 'no-such'), /no such file/],
    [
      'is a folder',
      () => (mkdirSync(join(folder.path, 'dir')), join(folder.path, 'dir')),
      /it is a directory, not a regular file/,
    ],
    ['has no name', () => '', /with an empty name/],
    ['has a NUL character in its name', () => 'a\0b', /Cannot read/],
    ['is not text', () => folder.write('latin1', Buffer.from([0x67, 0x72, 0xf6])), /UTF-8/],
    ['is too large', () => folder.write('huge', `{"a":"${'x'.repeat(1024 * 1024)}"}`), /too large/],
    ['has a very long name', () => 'x'.repeat(100_000), /Cannot read/],
  ])('that %s cannot be read', async (_name, path, pattern) => {
    const reading = readInputFile(path());
    await expect(reading).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(pattern),
    });
  });
});

describe('deep nesting', () => {
  test.each([
    ['[', '['.repeat(100_000)],
    ['[ and ]', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['{"a":', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['- ', '- '.repeat(100_000)],
    ['? ', '? '.repeat(100_000)],
    ['{a: ', '{a: '.repeat(100_000)],
  ])('of %s is reported where it becomes too deep', (repeated, text) => {
    const unit = repeated === '[ and ]' ? '[' : repeated;
    const parsed = parseYaml(`\n${text}`);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.problems[0]?.text).toBe('this is nested more than 100 levels deep');
    const level = ((parsed.problems[0]?.offset ?? 0) - 1) / unit.length;
    expect(level).toBeGreaterThanOrEqual(99);
    expect(level).toBeLessThanOrEqual(101);
  });

  test('by indentation is reported', () => {
    const rows = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(parseYaml(rows.join('\n')).problems[0]?.text).toContain('nested more than 100');
  });
});

test('a YAML text larger than 8 MiB is rejected with a hint', () => {
  const text = `a: ${'x'.repeat(8 * 1024 * 1024)}`;
  expect(parseYaml(text).problems).toMatchObject([
    { offset: 0, text: expect.stringContaining('must be converted to JSON') },
  ]);
});
