import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import yaml from 'yaml';
import { parseJson } from '../../../src/input/json.js';
import { parseLargeYaml } from '../../../src/input/yaml-parts.js';
import { parseYaml } from '../../../src/input/yaml.js';

/** Parts of a few lines, so that small texts are parsed as large ones are. */
const tiny = { minimumSplitSize: 0, maximumWholeSize: Number.POSITIVE_INFINITY, partSize: 20 };
/** The same, and texts that cannot be parsed in parts are refused. */
const strict = { ...tiny, maximumWholeSize: 0 };

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

/** Every place in a value. */
function places(value: unknown, place: readonly (string | number)[] = []): (string | number)[][] {
  const inner =
    typeof value !== 'object' || value === null
      ? []
      : Array.isArray(value)
        ? value.flatMap((item, index) => places(item, [...place, index]))
        : Object.entries(value).flatMap(([key, item]) => places(item, [...place, key]));
  return [[...place], ...inner];
}

test('YAML in parts has the value and the positions of the whole', () => {
  fc.assert(
    fc.property(files, (file) => {
      const text = yaml.stringify(file, { lineWidth: 0 });
      const [whole, parts] = [parseYaml(text), parseLargeYaml(text, tiny)];
      expect(parts.problems).toEqual(whole.problems);
      expect(parts.value).toEqual(whole.value);
      for (const place of places(whole.value)) {
        if (place.length > 0) expect(parts.offsetOf(place)).toBe(whole.offsetOf(place));
      }
    }),
  );
});

test('text that is not YAML, or in another form, is parsed as a whole', () => {
  fc.assert(
    fc.property(files, fc.nat(), fc.string(), (file, position, extra) => {
      const text = yaml.stringify(file, { lineWidth: 0 });
      const at = position % (text.length + 1);
      const changed = `${text.slice(0, at)}${extra}${text.slice(at)}`;
      const [whole, parts] = [parseYaml(changed), parseLargeYaml(changed, tiny)];
      expect({ value: parts.value, faults: parts.problems }).toEqual({
        value: whole.value,
        faults: whole.problems,
      });
    }),
    { numRuns: 150 },
  );
});

test('strict JSON has the value and the lines that the YAML parser finds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify([value], null, indent);
      const [json, whole] = [parseJson(text), parseYaml(text)];
      fc.pre(whole.problems.length === 0);
      expect(json?.value).toEqual(whole.value);
      for (const place of places([value])) {
        expect(json?.offsetOf(place)).toBe(whole.offsetOf(place));
      }
    }),
  );
});

describe('strict JSON', () => {
  test.each([
    ['a key twice', '{"a": {"b": 1, "\\u0062": 2}}', 15],
    ['a number that loses digits', '[1, 9007199254740993]', 4],
    ['a number that is too large', '{"a": [1e999]}', 7],
  ])('with %s has a fault at its position', (_what, text, offset) => {
    expect(parseJson(text)?.problems).toEqual([expect.objectContaining({ offset })]);
  });

  test.each(['a: 1', '{a: 1}', '{"a": 1,}', '["a"', '', '{"a": 1} # x'])(
    'is not %j, which may be YAML',
    (text) => expect(parseJson(text)).toBeUndefined(),
  );
});

describe('100,000 levels', () => {
  test.each([
    ['[', '['.repeat(100_000)],
    ['[ and ]', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['{"a":', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['- ', '- '.repeat(100_000)],
    ['? ', '? '.repeat(100_000)],
    ['{a: ', '{a: '.repeat(100_000)],
  ])('of %s are a fault at the place where it becomes too deep', (repeated, text) => {
    const unit = repeated === '[ and ]' ? '[' : repeated;
    const parsed = parseJson(text) ?? parseLargeYaml(`\n${text}`);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.problems[0]?.text).toBe('this is nested more than 100 levels deep');
    const level = ((parsed.problems[0]?.offset ?? 0) - 1) / unit.length;
    expect(level).toBeGreaterThanOrEqual(99);
    expect(level).toBeLessThanOrEqual(101);
  });

  test('by indentation are a fault', () => {
    const rows = Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`);
    expect(parseLargeYaml(rows.join('\n')).problems[0]?.text).toContain('nested more than 100');
  });

  test('by aliases are a fault', () => {
    const rows = ['a0: &a0 [x]'];
    for (let row = 1; row < 1000; row += 1) {
      rows.push(`a${String(row)}: &a${String(row)} [*a${String(row - 1)}]`);
    }
    expect(parseYaml(rows.join('\n')).problems).toHaveLength(1);
  });

  test('next to each other are not a fault', () => {
    const rows = Array.from({ length: 1000 }, (_, row) => `k${String(row)}:\n- [{a: [x]}]\n- "["`);
    expect(parseYaml(rows.join('\n')).problems).toEqual([]);
  });
});

describe('a large text', () => {
  test('not in the form that uaa export writes is rejected, and the error names the valid forms', () => {
    expect(parseLargeYaml('users: {cody: {}}\n', strict).problems).toEqual([
      { offset: 0, text: expect.stringContaining('or write it as JSON') },
    ]);
  });

  test('with faults has all of them at their positions, duplicate names too', () => {
    const text = 'users:\n  a:\n    x: [1\n  b: {}\n  c: {}\n  d: {}\n  c: {}\n';
    const { problems: faults } = parseLargeYaml(text, strict);
    const lines = faults.map(({ offset }) => text.slice(0, offset).split('\n').length);
    expect([Math.min(...lines), Math.max(...lines)]).toEqual([4, 7]);
    expect(faults.at(-1)?.text).toContain('Map keys must be unique');
  });
});
