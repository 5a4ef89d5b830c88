import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../../src/input/json.js';
import { parseYaml } from '../../../src/input/yaml.js';

test('returns the same value for strict JSON as the YAML parser', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify([value], null, indent);
      const [json, whole] = [parseJson(text), parseYaml(text)];
      fc.pre(whole.problems.length === 0);
      expect(json?.value).toEqual(whole.value);
    }),
    { numRuns: process.env['TPKS_NIGHTLY'] === '1' ? 500 : 40 },
  );
});

describe('strict JSON', () => {
  test.each([
    ['a duplicate key', '{"a": {"b": 1, "\\u0062": 2}}', 15],
    ['a number that loses digits', '[1, 9007199254740993]', 4],
    ['a number that is too large', '{"a": [1e999]}', 7],
  ])('with %s has a problem at that position', (_name, text, offset) => {
    expect(parseJson(text)?.problems).toEqual([expect.objectContaining({ offset })]);
  });

  test.each(['a: 1', '{a: 1}', '{"a": 1,}', '["a"', '', '{"a": 1} # x'])(
    'does not include %j, which could be YAML',
    (text) => expect(parseJson(text)).toBeUndefined(),
  );
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
    const parsed = parseJson(text) ?? parseYaml(`\n${text}`);
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

  test('by aliases is reported', () => {
    const rows = ['a0: &a0 [x]'];
    for (let row = 1; row < 200; row += 1) {
      rows.push(`a${String(row)}: &a${String(row)} [*a${String(row - 1)}]`);
    }
    expect(parseYaml(rows.join('\n')).problems).toHaveLength(1);
  });

  test('is not reported for values next to each other', () => {
    const rows = Array.from({ length: 200 }, (_, row) => `k${String(row)}:\n- [{a: [x]}]\n- "["`);
    expect(parseYaml(rows.join('\n')).problems).toEqual([]);
  });
});

test('a YAML text larger than 8 MiB is rejected with a hint', () => {
  const text = `a: ${'x'.repeat(8 * 1024 * 1024)}`;
  expect(parseYaml(text).problems).toEqual([
    { offset: 0, text: expect.stringContaining('must be converted to JSON') },
  ]);
});
