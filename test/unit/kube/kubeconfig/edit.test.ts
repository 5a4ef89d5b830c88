import { describe, expect, test } from '@jest/globals';
import { changeText } from '../../../../src/kube/kubeconfig/edit.js';
import { isSourceProblem, parseSource } from '../../../../src/kube/kubeconfig/document.js';
import type { JsonObject } from '../../../../src/json-value.js';
import { catchTpksError } from '../../../support/thrown-error.js';

function parse(text: string) {
  const document = parseSource(text);
  if (isSourceProblem(document)) throw new Error(document.text);
  return document;
}

type Loose = Record<string, unknown>;

interface Users {
  users: { name?: string; user: Loose }[];
}

/** Changes the value of a text with a function that modifies it. */
function change(text: string, modify: (value: never) => unknown): string {
  const document = parse(text);
  const value = structuredClone(document.value ?? {});
  modify(value as never);
  return changeText({ path: '/config', text, document }, value as JsonObject);
}

const user = { name: 'new', user: { exec: { command: 'tpks', args: ['a', 'b'], env: null } } };
const block = `users:
- name: one # the first
  user: {token: 'abc'}   # a token
# before two
-   name: "two"
    user:
      token: x

      password: y # secret
    # at the end of two
# the end
kind: Config
`;

describe('changeText', () => {
  test('adds an entry below the last one, and removes it again', () => {
    const added = change(block, (value: Users) => value.users.push(user));
    expect(added).toBe(
      block.replace(
        '# secret\n',
        `# secret
- name: new
  user:
    exec:
      command: tpks
      args:
      - a
      - b
      env: null
`,
      ),
    );
    expect(change(added, (value: Users) => value.users.pop())).toBe(block);
  });

  test.each([
    ['in brackets', 'users: [{"name": "a"}, {"name": "b"}]\n', ', {"name":"new","user":'],
    [
      'in brackets with a trailing comma',
      'users: [{"name": "a"},]\n',
      '{"name": "a"}, {"name":"new"',
    ],
    ['empty in brackets', 'users: []  # none\nkind: Config\n', 'users:  # none\n- name: new\n'],
    ['with an anchor', 'users: &all\n  - name: a\n', '\n  - name: new\n    user:\n'],
    ['at the end of a file without a line break', 'users:\n- name: a', 'name: a\n- name: new'],
    ['after a block scalar', 'users:\n- name: a\n  pem: |\n    x\n\n\nkind: C\n', '\n- name: new'],
    [
      'with CRLF',
      'users:\r\n- name: a\r\nkind: C\r\n',
      '\r\n- name: new\r\n  user:\r\n    exec:\r\n',
    ],
    ['with a byte order mark', '\ufeffusers:\n- name: a\n', '\n- name: new\n'],
    [
      'in pretty JSON',
      '{\n\t"users": [\n\t\t{\n\t\t\t"name": "a"\n\t\t}\n\t]\n}\n',
      ',\n\t\t{\n\t\t\t"name": "new",',
    ],
    [
      'empty in pretty JSON',
      '{\n    "users": []\n}',
      '"users": [\n        {\n            "name": "new",',
    ],
    ['in JSON on one line', '{"users":[{"name":"a"}]}', '[{"name":"a"}, {"name":"new",'],
    ['after a document start', '%YAML 1.1\n---\nusers:\n- name: a\n...\n', '\n- name: new\n'],
    ['followed by a comment without a line break', 'users:\n- name: a # c', '# c\n- name: new'],
    ['with a comment in it', 'users:\n# c\n- name: a\n# d', 'a\n- name: new'],
  ])('adds an entry to a list %s, and removes it again', (_name, text, expected) => {
    const added = change(text, (value: Users) => value.users.push(user));
    expect(added).toContain(expected);
    expect(change(added, (value: Users) => value.users.pop())).toBe(text);
  });

  test.each([
    ['without a value', 'users:\nkind: C\n'],
    ['that is null', 'users: null # none\nkind: C\n'],
    ['that is missing', 'kind: C # c\n# end\n'],
    ['that is missing in JSON', '{"kind": "C"}'],
  ])('adds an entry to a list %s', (_name, text) => {
    const added = change(text, (value: Users) => (value.users = [user]));
    expect(parse(added).value).toEqual({ users: [user], kind: 'C' });
    for (const line of text.split('\n')) expect(added).toContain(line.replace(/ null|}/, ''));
  });

  test.each(['', '# only a comment', '# only a comment\n', '---\n', 'null\n', '~', '{}\n', ' \n'])(
    'fills the empty document %j',
    (text) => {
      const added = change(text, (value: Users) => (value.users = [user]));
      expect(parse(added).value).toEqual({ users: [user] });
      if (text.startsWith('#')) expect(added.startsWith('# only a comment\nusers:')).toBe(true);
    },
  );

  test('replaces scalars in place', () => {
    const text =
      "users:\n- name: a\n  user: # u\n    token: 'x' # t\n    # c\n    username: &u n\n";
    expect(change(text, ({ users }: Users) => (users[0]!.user['token'] = 'https://h:1'))).toBe(
      text.replace("'x'", 'https://h:1'),
    );
  });

  test('replaces a value with a value of another kind', () => {
    const text = 'a: 1 # one\nb:\n  c: d\n  # e\nf: [] # f\ng: |\n  text\nh: {x: 1}\ni:\n';
    expect(
      change(text, (value: Loose) => {
        value['a'] = { k: ['v', {}] };
        value['b'] = 'b';
        value['f'] = 'f';
        value['g'] = {};
        value['h'] = { k: 2 };
        value['i'] = ['i'];
      }),
    ).toBe('a: # one\n  k:\n  - v\n  - {}\nb: b\n  # e\nf: f # f\ng: {}\nh:\n  k: 2\ni:\n- i\n');
  });

  test('removes keys with their lines', () => {
    const text = 'a:\n  x: 1 # x\n  # y\n  y:\n    z: 2\n  w: 3\nb: {p: 1, q: 2, r: 3}\n';
    expect(
      change(text, ({ a, b }: Record<'a' | 'b', Loose>) => {
        delete a['x'];
        delete a['y'];
        delete b['p'];
        delete b['r'];
        b['s'] = 4;
      }),
    ).toBe('a:\n  # y\n  w: 3\nb: {q: 2, "s": 4}\n');
  });

  test('removes the first key of a list item', () => {
    const text = 'l:\n- a: 1\n  b: 2\n';
    expect(parse(change(text, ({ l }: { l: Loose[] }) => delete l[0]!['a'])).value).toEqual({
      l: [{ b: 2 }],
    });
  });

  test('removes some entries, and keeps the comments between them', () => {
    const text = '# 0\nusers:\n# 1\n- name: a\n# 2\n- name: b\n  user: {} # b\n\n# 3\n- name: c\n';
    expect(change(text, (value: Users) => value.users.splice(0, 2))).toBe(
      '# 0\nusers:\n# 1\n# 2\n\n# 3\n- name: c\n',
    );
    const flow = 'users: [ {name: a}, {name: b} , {name: c} ]';
    expect(change(flow, (value: Users) => value.users.splice(1, 1))).toBe(
      'users: [ {name: a} , {name: c} ]',
    );
    expect(change(flow, (value: Users) => value.users.splice(0, 2))).toBe('users: [ {name: c} ]');
  });

  test('replaces an alias with its changed value, and keeps the anchor', () => {
    const text = 'users:\n- name: a\n  user: &u {token: x}\n- name: b\n  user: *u\n';
    expect(change(text, ({ users }: Users) => (users[1]!.user = { token: 'z' }))).toBe(
      text.replace(' *u', '\n    token: z'),
    );
  });

  test('adds keys to a map with merge keys', () => {
    const text = 'base: &b {x: 1, y: 2}\nuser:\n  <<: *b # merged\n  z: 3\n';
    expect(change(text, ({ user }: { user: Loose }) => Object.assign(user, { x: 5, w: 6 }))).toBe(
      text.replace('z: 3\n', 'z: 3\n  x: 5\n  w: 6\n'),
    );
    expect(
      parse(change(text, ({ user }: { user: Loose }) => delete user['x'])).value,
    ).toMatchObject({
      user: { y: 2, z: 3 },
    });
  });

  test.each([
    [
      'an anchor that another entry uses',
      'users:\n- name: a\n  user: &u {token: x}\n- name: b\n  user: *u\n',
    ],
    ['an anchor in an entry', 'users:\n- &a\n  name: a\n- name: b\n  user: *a\n'],
  ])('rejects the removal of %s', (_name, text) => {
    const error = catchTpksError(() => change(text, ({ users }: Users) => users.shift()));
    expect(error).toMatchObject({ kind: 'usage' });
    expect(error.message).toMatch(/^Cannot change \/config without changing other entries/);
  });

  test('quotes strings that kubectl would read as another type', () => {
    const values = [
      'on',
      'y',
      '012',
      '-0x1f',
      '1_0',
      '.5',
      '1e3',
      '2020-01-01',
      '1:30',
      '~',
      '',
      '<<',
      '=',
      'null',
      '*a',
      '&a',
      '- a',
      'a: b',
      'a #b',
      "it's",
      '"',
      'two\nlines',
      '\t',
      '\u0085',
      '@',
      '--context',
    ];
    const text = change('', (value: Loose) => (value['list'] = values));
    expect(parse(text).value).toEqual({ list: values });
    for (const value of values.slice(0, 14)) expect(text).toContain(`- "${value}"\n`);
    expect(text).toContain('- --context\n');
  });
});
