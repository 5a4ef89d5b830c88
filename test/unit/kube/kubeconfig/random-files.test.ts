import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeText } from '../../../../src/kube/kubeconfig/edit.js';
import { isSourceProblem, parseSource } from '../../../../src/kube/kubeconfig/document.js';
import {
  emptyConfig,
  findEntry,
  removeEntry,
  setClusterEntries,
  setEntry,
} from '../../../../src/kube/kubeconfig/entries.js';
import type { ClusterEntries } from '../../../../src/kube/kubeconfig/kubeconfig.js';
import type { JsonObject } from '../../../../src/json-value.js';

function parse(text: string) {
  const document = parseSource(text);
  if (isSourceProblem(document)) throw new Error(`${document.text}\n${text}`);
  return document;
}

function change(text: string, modify: (config: JsonObject) => JsonObject): string {
  const document = parse(text);
  const value = modify(document.value as JsonObject);
  const result = changeText({ path: '/config', text, document }, value);
  expect(parse(result).value).toEqual(JSON.parse(JSON.stringify(value)));
  return result;
}

const comment = fc.constantFrom(
  '',
  '',
  '',
  '# c',
  '  # indented',
  '#',
  '    # far: [to, the] "right"',
);
const trailing = fc.constantFrom('', '', '', ' # c', '  # {', '   ');
const scalar = fc.constantFrom(
  'x',
  "'it''s'",
  '"a\\nb"',
  'https://h.example.com:8443',
  '12',
  'null',
  'true',
  '{k: v, "l": [1, 2]}',
  '[]',
  '[ a , b ]',
  '|-\n        block\n\n        text',
  '>\n        folded\n        text\n',
  '&anchor shared',
  '!!str 5',
  '~',
);
const key = fc.constantFrom(
  'server',
  'token',
  'proxy-url',
  'x-unknown',
  'certificate-authority',
  'exec',
);

/** The lines of an entry, without the dash. */
const entry = (name: string) =>
  fc
    .record({
      isNameFirst: fc.boolean(),
      head: trailing,
      pairs: fc.uniqueArray(fc.record({ key, scalar, trailing, above: comment }), {
        selector: (pair) => pair.key,
        minLength: 1,
        maxLength: 4,
      }),
      nameComment: trailing,
      isQuoted: fc.boolean(),
      isFlow: fc.boolean(),
    })
    .map(({ isNameFirst, head, pairs, nameComment, isQuoted, isFlow }) => {
      if (isFlow) return () => [`{name: ${name}, INNER: {"token": t}}${nameComment}`];
      return (inner: string) => {
        const nameLine = `name: ${isQuoted ? `'${name}'` : name}${nameComment}`;
        const lines = [
          `${inner}:${head}`,
          ...pairs.flatMap(({ key, scalar, trailing, above }) => [
            ...(above === '' ? [] : [`      ${above.trim()}`]),
            `      ${key}: ${scalar}${/[\n]/.test(scalar) ? '' : trailing}`,
          ]),
        ];
        const ordered = isNameFirst
          ? [nameLine, ...lines.map((line, index) => (index === 0 ? `  ${line}` : line))]
          : [...lines, `  ${nameLine}`];
        return ordered;
      };
    });

const list = (listName: string, inner: string) =>
  fc
    .record({
      entries: fc.tuple(entry('one'), entry('two'), entry('3-three')),
      count: fc.integer({ min: 1, max: 3 }),
      indent: fc.constantFrom('', '  '),
      above: fc.array(comment, { minLength: 3, maxLength: 3 }),
      head: trailing,
    })
    .map(({ entries, count, indent, above, head }) =>
      [
        `${listName}:${head}`,
        ...entries.slice(0, count).flatMap((lines, index) => {
          const text = lines(inner).map((line) => line.replace('INNER', inner));
          return [
            ...(above[index] === '' ? [] : [above[index] ?? '']),
            `${indent}- ${text[0] ?? ''}`,
            ...text.slice(1).map((line) => line.replace(/^/gm, indent)),
          ];
        }),
      ].join('\n'),
    );

const blockFile = fc
  .record({
    parts: fc.tuple(
      list('clusters', 'cluster'),
      list('contexts', 'context'),
      list('users', 'user'),
    ),
    others: fc.shuffledSubarray([
      'apiVersion: v1',
      'kind: Config',
      'current-context: "one" # now',
      'preferences: {}',
      'x-other:\n  - a\n  -\n  - - b',
    ]),
    isListFirst: fc.boolean(),
    between: fc.array(comment, { minLength: 4, maxLength: 4 }),
    end: fc.constantFrom('\n', '', '\n\n# the end\n', '\n# end'),
    isCrlf: fc.boolean(),
    hasMark: fc.boolean(),
  })
  .map(({ parts, others, isListFirst, between, end, isCrlf, hasMark }) => {
    const all = isListFirst ? [...parts, ...others] : [...others, ...parts];
    const text = all.flatMap((part, index) => [between[index % 4] ?? '', part]).join('\n') + end;
    return (hasMark ? '\ufeff' : '') + (isCrlf ? text.replaceAll('\n', '\r\n') : text);
  })
  // A text that ends in a comment after a block scalar, for example, may be invalid.
  .filter((text) => !isSourceProblem(parseSource(text)));

const jsonFile = fc
  .record({
    value: fc.record({
      clusters: fc.constantFrom([], [{ name: 'one', cluster: { server: 'x' } }]),
      users: fc.constantFrom(
        [],
        [
          { name: 'one', user: {} },
          { name: 'two', user: { token: 't' } },
        ],
      ),
      contexts: fc.constantFrom([], [{ name: 'one', context: { user: 'one' } }]),
      'current-context': fc.constantFrom('', 'one'),
    }),
    indent: fc.constantFrom(0, 2, 4, '\t'),
    end: fc.constantFrom('', '\n'),
  })
  .map(({ value, indent, end }) => JSON.stringify(value, null, indent) + end);

const file = fc.oneof({ weight: 4, arbitrary: blockFile }, { weight: 1, arbitrary: jsonFile });

const entries: ClusterEntries = {
  contextName: 'dev-1',
  server: 'https://dev-1.example.com:8443',
  certificateAuthorityData: 'LS0tLS1CRUdJTg==',
  userName: 'alana@api.example.com',
  user: {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'tpks',
      args: ['kube-credential', '--context', 'x'],
      env: null,
    },
  },
  owner: { api: 'https://api.example.com:9021', cluster: 'dev-1', identity: 'alana' },
};
const merge = (config: JsonObject) => setClusterEntries([config], entries, 0)[0] ?? {};
const remove = (config: JsonObject) =>
  (['contexts', 'clusters', 'users'] as const).reduce<readonly JsonObject[]>(
    (current, name) => removeEntry(current, name, name === 'users' ? entries.userName : 'dev-1'),
    [config],
  )[0] ?? {};

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 60) };

test('adding a cluster keeps every line, and removing it restores the file', () => {
  fc.assert(
    fc.property(file, (text) => {
      const added = change(text, merge);
      expect(change(added, merge)).toBe(added);
      expect(change(added, remove)).toBe(text);
      // The other lines are unchanged, in the same order.
      const lines = added.split('\n');
      if (!text.startsWith('{')) {
        for (const line of text.split('\n')) {
          const next = lines.findIndex(
            (each) => each.replace(/\r$/, '') === line.replace(/\r$/, ''),
          );
          expect(next).not.toBe(-1);
          lines.splice(0, next + 1);
        }
      }
    }),
    runs,
  );
});

test('replacing the values of an entry changes only this entry', () => {
  const values = fc.constantFrom<JsonObject>(
    entries.user,
    { token: 'new' },
    {},
    { server: 'https://new:8443', 'x-unknown': ['a', { b: 'c' }] },
  );
  const names = fc.constantFrom('one', 'two', '3-three', 'four');
  const lists = fc.constantFrom('clusters', 'users', 'contexts');
  fc.assert(
    fc.property(file, lists, names, values, fc.boolean(), (text, list, name, value, keepsOld) => {
      let result = text;
      try {
        result = change(
          text,
          (config) =>
            setEntry([config], { list, name, target: 0 }, (old) => ({
              ...(keepsOld ? old : {}),
              ...value,
            }))[0] ?? {},
        );
      } catch (error) {
        // Only the anchors can make this impossible.
        if (!/&anchor/.test(text)) throw error;
        return;
      }
      const others = ['one', 'two', '3-three'].filter((each) => each !== name);
      for (const other of others) {
        const before = excerpts(text, other);
        for (const excerpt of before) expect(result).toContain(excerpt);
      }
    }),
    runs,
  );
});

test('removing an entry removes only its lines', () => {
  const lists = fc.constantFrom('clusters', 'users', 'contexts');
  fc.assert(
    fc.property(file, lists, fc.constantFrom('one', 'two', '3-three'), (text, list, name) => {
      const config = parse(text).value as JsonObject;
      fc.pre(findEntry([config], list, name) !== undefined);
      const result = change(text, (value) => removeEntry([value], list, name)[0] ?? {});
      if (text.startsWith('{')) return;
      // A list that has become empty gets brackets. Otherwise, only successive lines are missing.
      const lines = text.split(/\r?\n/);
      const remaining = result.replace(`${list}: []`, `${list}:`).split(/\r?\n/);
      const start = remaining.findIndex((line, index) => line !== lines[index]);
      const removedCount = lines.length - remaining.length;
      expect(removedCount).toBeGreaterThan(0);
      if (start === -1) return;
      expect(remaining.slice(start)).toEqual(lines.slice(start + removedCount));
    }),
    runs,
  );
});

test('a new file contains only the entries', () => {
  const text = change('{}', () => merge(emptyConfig));
  expect(parse(change(text, remove)).value).toEqual(emptyConfig);
});

/** The lines of the named entries in block style. */
function excerpts(text: string, name: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.includes(name) && line.includes('name:'));
  return lines.map((line) => line.replace(/\r$/, ''));
}
