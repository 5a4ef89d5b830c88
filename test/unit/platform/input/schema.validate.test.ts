import { describe, expect, test } from '@jest/globals';
import { readInputFile } from '../../../../src/platform/input/input-file.js';
import {
  nonBlankText,
  flag,
  list,
  object,
  optional,
  record,
  notAllowed,
  strictObject,
  text,
  texts,
  wholeNumber,
  withRule,
  convertPart,
  validate,
} from '../../../../src/platform/input/schema.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { fileInput } from '../../../support/fixtures/file-input.js';

const folder = fileFolder();
const read = async (content: string) =>
  readInputFile(fileInput(folder.write('input.yaml', content)));

describe('a whole file', () => {
  const inner = object({ text: optional(text) });
  const schema = object({
    name: optional(text),
    gone: text,
    none: nonBlankText,
    empty: nonBlankText,
    size: optional(wholeNumber()),
    few: optional(wholeNumber({ from: 0, hint: 'or remove it' })),
    many: optional(wholeNumber({ to: 9 })),
    half: optional(wholeNumber({ what: 'a whole number of seconds' })),
    on: optional(flag),
    names: optional(texts),
    words: optional(texts),
    inner: optional(inner),
    list: optional(list(object({ ok: flag }))),
    values: optional(record(text)),
  });

  test('has all its problems reported together, by line', async () => {
    const file = await read(`name: 7
size: "3"
few: -1
half: 1.5
many: 10
on: "yes"
names: [a, 1]
words: a
inner:
  text: []
list:
  - ok: true
  - 5
  - {}
empty: " "
none: ~
values:
  a: ~
  b: true
  __proto__: x
`);
    const schemaWithRule = withRule(schema, (_value, report) => {
      report([], 'is odd as a whole');
      report(['list', 0], 'is odd');
    });
    expect(() => validate(file, schemaWithRule)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `Nothing was sent: ${file.path} has 18 problems`,
        hint: [
          'line 1: name must be a string, not a number; put it in quotes',
          'line 1: gone is missing',
          'line 1: the file is odd as a whole',
          'line 2: size must be a whole number, not a string',
          'line 3: few must be 0 or more, not -1; or remove it',
          'line 4: half must be a whole number of seconds, not 1.5',
          'line 5: many must be 9 or less, not 10',
          'line 6: on must be true or false, not a string',
          'line 7: names[1] must be a string, not a number; put it in quotes',
          'line 8: words must be a list of strings, not a string',
          'line 10: inner.text must be a string, not a list',
          'line 12: list[0] is odd',
          'line 13: list[1] must be an object, not a number',
          'line 14: list[2].ok is missing',
          'line 15: empty is empty',
          'line 16: none has no value',
          'line 18: values.a has no value; write "" for an empty string',
          'line 19: values.b must be a string, not true; put it in quotes',
        ].join('\n'),
      }),
    );
  });

  test('is returned with members that are not in the schema', async () => {
    const file = await read(
      '{"gone": "", "none": "n", "empty": "e", "name": null, "__proto__": {"a": 1}, "constructor": "x"}',
    );
    expect(validate(file, schema)).toBe(file.value);
    expect(Object.keys(validate(file, schema))).toContain('__proto__');
    expect(Reflect.get({}, 'a')).toBeUndefined();
  });

  test.each(['', '[]', 'text', '7', '~'])(
    'is rejected if it is %j instead of an object',
    async (content) => {
      const file = await read(content);
      expect(() => validate(file, schema)).toThrow(
        expect.objectContaining({
          kind: 'usage',
          hint: expect.stringMatching(/^line 1: the file \w/),
        }),
      );
    },
  );

  test('with more than twenty problems has the first twenty reported', async () => {
    const file = await read(
      Array.from({ length: 50 }, (_, index) => `k${String(index)}: 1`).join('\n'),
    );
    expect(() => validate(file, record(text))).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^(?:line .*\n){20}and 30 more$/) }),
    );
  });
});

describe('a part of a file', () => {
  const schema = strictObject({ name: nonBlankText }, { password: notAllowed('is not allowed') });
  const problems = (value: unknown): string[] => {
    const found: string[] = [];
    const report = (valuePath: readonly unknown[], message: string) =>
      found.push(`${valuePath.join('/')}: ${message}`);
    convertPart(schema, value, { valuePath: ['users', 'cody'], name: 'user cody', report });
    return found;
  };

  test('has its problems reported by name, including unknown members', () => {
    expect(problems({ name: 1, password: 'hunter2', extra: 1 })).toEqual([
      'users/cody/name: user cody: name must be a string, not a number; put it in quotes',
      'users/cody/password: user cody: password is not allowed',
      'users/cody/extra: user cody: extra is unknown (choose from name)',
    ]);
    expect(problems([])).toEqual(['users/cody: user cody: must be an object, not a list']);
  });
});
