import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import yaml from 'yaml';
import { parseJson } from '../../../src/input/json.js';
import { parseLargeYaml } from '../../../src/input/yaml-parts.js';
import { parseYaml } from '../../../src/input/yaml.js';

/** Splits into parts of a few lines, so that small texts are parsed like large ones. */
const splitAlways = {
  minimumSplitSize: 0,
  maximumWholeSize: Number.POSITIVE_INFINITY,
  partSize: 20,
};
/** Also rejects texts that cannot be parsed in parts. */
const rejectWhole = { ...splitAlways, maximumWholeSize: 0 };

const names = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'a: b', '# x', '- x', '3', 'null', '? x', 'ünï', ''),
  fc.string({ maxLength: 8 }),
);
const scalars = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant('a\n# b\n\n'));
const entry = fc.dictionary(names, fc.oneof(scalars, fc.array(scalars)), { maxKeys: 4 });
const files = fc.dictionary(
  fc.constantFrom('groups', 'users', 'clients'),
  fc.dictionary(names, entry, { minKeys: 1, maxKeys: 8 }),
);

/** @returns the paths of a value and of everything in it. */
function listPaths(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  const inner =
    typeof value !== 'object' || value === null
      ? []
      : Array.isArray(value)
        ? value.flatMap((item, index) => listPaths(item, [...path, index]))
        : Object.entries(value).flatMap(([key, item]) => listPaths(item, [...path, key]));
  return [[...path], ...inner];
}

test('returns the same value and positions for YAML in parts as for the whole text', () => {
  fc.assert(
    fc.property(files, (file) => {
      const text = yaml.stringify(file, { lineWidth: 0 });
      const [whole, parts] = [parseYaml(text), parseLargeYaml(text, splitAlways)];
      expect(parts.problems).toEqual(whole.problems);
      expect(parts.value).toEqual(whole.value);
      for (const path of listPaths(whole.value)) {
        if (path.length > 0) expect(parts.offsetOf(path)).toBe(whole.offsetOf(path));
      }
    }),
  );
});

test('parses invalid or differently formatted YAML as a whole', () => {
  fc.assert(
    fc.property(files, fc.nat(), fc.string(), (file, position, extra) => {
      const text = yaml.stringify(file, { lineWidth: 0 });
      const offset = position % (text.length + 1);
      const changed = `${text.slice(0, offset)}${extra}${text.slice(offset)}`;
      const [whole, parts] = [parseYaml(changed), parseLargeYaml(changed, splitAlways)];
      expect({ value: parts.value, problems: parts.problems }).toEqual({
        value: whole.value,
        problems: whole.problems,
      });
    }),
    { numRuns: 150 },
  );
});

test('returns the same value and positions for strict JSON as the YAML parser', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify([value], null, indent);
      const [json, whole] = [parseJson(text), parseYaml(text)];
      fc.pre(whole.problems.length === 0);
      expect(json?.value).toEqual(whole.value);
      for (const path of listPaths([value])) {
        expect(json?.offsetOf(path)).toBe(whole.offsetOf(path));
      }
    }),
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
    const parsed = parseJson(text) ?? parseLargeYaml(`\n${text}`);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.problems[0]?.text).toBe('this is nested more than 100 levels deep');
    const level = ((parsed.problems[0]?.offset ?? 0) - 1) / unit.length;
    expect(level).toBeGreaterThanOrEqual(99);
    expect(level).toBeLessThanOrEqual(101);
  });

  test('by indentation is reported', () => {
    const rows = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(parseLargeYaml(rows.join('\n')).problems[0]?.text).toContain('nested more than 100');
  });

  test('by aliases is reported', () => {
    const rows = ['a0: &a0 [x]'];
    for (let row = 1; row < 1000; row += 1) {
      rows.push(`a${String(row)}: &a${String(row)} [*a${String(row - 1)}]`);
    }
    expect(parseYaml(rows.join('\n')).problems).toHaveLength(1);
  });

  test('is not reported for values next to each other', () => {
    const rows = Array.from({ length: 1000 }, (_, row) => `k${String(row)}:\n- [{a: [x]}]\n- "["`);
    expect(parseYaml(rows.join('\n')).problems).toEqual([]);
  });
});

describe('a large text', () => {
  test('that is not formatted like the output of uaa export is rejected with a hint', () => {
    expect(parseLargeYaml('users: {cody: {}}\n', rejectWhole).problems).toEqual([
      { offset: 0, text: expect.stringContaining('otherwise, convert it to JSON') },
    ]);
  });

  test('has all its problems reported at their positions, including duplicate names', () => {
    const text = 'users:\n  a:\n    x: [1\n  b: {}\n  c: {}\n  d: {}\n  c: {}\n';
    const { problems: problems } = parseLargeYaml(text, rejectWhole);
    const lines = problems.map(({ offset }) => text.slice(0, offset).split('\n').length);
    expect([Math.min(...lines), Math.max(...lines)]).toEqual([4, 7]);
    expect(problems.at(-1)?.text).toContain('Map keys must be unique');
  });
});
