import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatEquals } from '../../../../src/api/uaa/filters.js';
import { parseFilter, type Filter } from '../../../../src/sandbox/uaa/store/query.js';

const eq = (attribute: string, value: string | number | boolean): Filter => ({
  kind: 'compare',
  attribute,
  operator: 'eq',
  value,
});
const present = (attribute: string): Filter => ({ kind: 'present', attribute });
const and = (left: Filter, right: Filter): Filter => ({ kind: 'and', left, right });
const or = (left: Filter, right: Filter): Filter => ({ kind: 'or', left, right });

describe('parseFilter', () => {
  test.each<[string, Filter]>([
    ['a eq true and b eq FALSE', and(eq('a', true), eq('b', false))],
    ['a eq -1.5e2', eq('a', -150)],
    ['urn:scim:schemas:core:1.0:userName eq "x"', eq('userName', 'x')],
    ['a pr or b pr and c pr', or(present('a'), and(present('b'), present('c')))],
    ['(a pr or b pr) And(c pr)', and(or(present('a'), present('b')), present('c'))],
  ])('parses %j', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
  });
});

/** Text with a special meaning in filters, JSON or SQL, control characters, and plain text. */
const pieces = [
  ...['"', "'", '\\', '\\"', '\\u0022', '%', '_', '*', '(', ')', '[', ']', '/', '?', '&', '#', ';'],
  ...[' or ', ' and ', ' eq ', ' pr', '" or a eq "b', "' or a eq 'b", '") or ('],
  ...['\0', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e', '\ufeff', '\u200d'],
  ...['ä', 'ß', 'İ', 'ı', 'e\u0301', '日本', '😀', '\ud800', 'a', 'Z', '0', ' ', 'true', 'null'],
];
const anyText = fc
  .array(fc.constantFrom(...pieces), { maxLength: 6 })
  .map((chosen) => chosen.join(''));

describe('a quoted value in a filter', () => {
  test('can contain any text that tpks escapes, and ends at its closing quote', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const filter = `(${formatEquals('b', text)} or ${formatEquals('c', text)})`;
        expect(parseFilter(`${formatEquals('userName', text)} and ${filter}`)).toEqual(
          and(eq('userName', text), or(eq('b', text), eq('c', text))),
        );
      }),
    );
  });

  test('supports the escapes of JSON', () => {
    expect(parseFilter(String.raw`a eq "\" \\ \/ \b\f\n\r\t \u00e4\u20AC"`)).toEqual(
      eq('a', '" \\ / \b\f\n\r\t \u00e4\u20ac'),
    );
  });
});
