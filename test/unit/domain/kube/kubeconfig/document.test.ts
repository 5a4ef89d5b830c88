import { describe, expect, test } from '@jest/globals';
import { changeText, parseKubeconfig } from '../../../../../src/domain/kube/kubeconfig/document.js';
import { catchTpksError } from '../../../../support/checks/thrown-error.js';

type Loose = Record<string, unknown>;

interface Users {
  users: { name?: string; user: Loose }[];
}

const parse = (text: string) => parseKubeconfig('/config', text);

/** Changes the value of a text with a function that modifies it. */
function change(text: string, modify: (value: never) => unknown): string {
  const value = structuredClone(parse(text));
  modify(value as never);
  return changeText('/config', text, value);
}

const user = { name: 'new', user: { exec: { command: 'tpks', args: ['a', 'b'], env: null } } };
const userInFile = { name: 'new', user: { exec: { ...user.user.exec, env: 'null' } } };

/** As kubectl 1.20 and 1.37 write it, except for the comments. */
const kubectlText = `# mine
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${'LS0tLS1CRUdJTg'.repeat(100)}==
    insecure-skip-tls-verify: true
    server: https://10.0.0.1:6443
  name: one
contexts:
# the context
- context:
    cluster: one
    user: one
  name: one
current-context: "" # none
kind: Config
preferences: {}
users:
- name: one # the first
  user:
    token: '0123'   # a token
# before two
- name: "2"
  user:
    exec:
      args: null
      env: null
      provideClusterInfo: false
      x-number: 0x1F
`;

describe('changeText', () => {
  test('adds an entry in the style of kubectl, and keeps everything else', () => {
    const added = change(kubectlText, (value: Users) => value.users.push(user));
    const formatted = kubectlText.replace("'0123'   #", "'0123' #");
    expect(added).toBe(`${formatted}- name: new
  user:
    exec:
      command: tpks
      args:
      - a
      - b
      env: null
`);
    expect(change(added, (value: Users) => value.users.pop())).toBe(formatted);
  });

  test.each([
    ['a blank line', 'users:\n\n- name: a\n', 'users: []\n'],
    ['a comment', 'users:\n# about a\n- name: a\n', '# about a\nusers: []\n'],
    ['a comment on the key', 'users: # all\n- name: a\n', '# all\nusers: []\n'],
  ])('removes the last entry of a list after %s', (_name, text, expected) => {
    expect(change(text, (value: Users) => value.users.pop())).toBe(expected);
  });

  test.each([
    ['in brackets', 'users: [{"name": "a"}, {"name": "b"}]\n', '[{"name": "a"}, {"name": "b"}, {'],
    ['empty in brackets', 'users: [] # none\nkind: C\n', 'users:\n- name: new\n'],
    ['without a value', 'users:\nkind: C\n', 'users:\n- name: new\n'],
    ['that is null', 'users: null\nkind: C\n', 'users:\n- name: new\n'],
    ['that is missing', 'kind: C # c\n# end\n', 'kind: C # c\nusers:\n- name: new\n'],
    ['with an anchor', 'users: &all\n  - name: a\n', '\n  - name: new\n    user:\n'],
    ['at the end of a file without a line break', 'users:\n- name: a', 'name: a\n- name: new'],
    ['after a block scalar', 'users:\n- name: a\n  pem: |\n    x\nkind: C\n', '\n- name: new'],
    ['with CRLF', 'users:\r\n- name: a # b\r\n', '# b\r\n- name: new\r\n  user:\r\n    exec:\r\n'],
    ['with a byte order mark', '\ufeffusers:\n- name: a\n', '\ufeffusers:\n- name: a\n- name: new'],
    ['after a document start', '%YAML 1.1\n---\nusers:\n- name: a\n...\n', '\n- name: new\n'],
    ['followed by a comment', 'users:\n- name: a\n# c', 'users:\n- name: a\n'],
    ['of another tool that indents lists', 'users:\n  - name: a\n', '\n  - name: new\n    user:\n'],
  ])('adds an entry to a list %s', (_name, text, expected) => {
    const before = parse(text);
    const added = change(text, (value: Partial<Users>) => {
      value.users = [...(Array.isArray(value.users) ? value.users : []), user];
    });
    expect(added).toContain(expected);
    const users = Array.isArray(before['users']) ? (before['users'] as unknown[]) : [];
    expect(parse(added)).toEqual({ ...before, users: [...users, userInFile] });
    for (const [comment] of text.matchAll(/# \w+/g)) expect(added).toContain(comment);
  });

  test.each([undefined, 2, '\t'])('keeps a JSON file JSON (indentation: %j)', (indent) => {
    const json = { users: [{ name: 'a', user: { token: '1\n'.repeat(30) } }], preferences: {} };
    const text = JSON.stringify({ ...json, count: 5, isOn: true }, null, indent);
    const added = change(text, (value: Users) => value.users.push(user));
    expect(JSON.parse(added)).toEqual({
      ...{ ...json, count: 5, isOn: true },
      users: [...json.users, user],
    });
  });

  test.each(['', '# only a comment', '# only a comment\n', '---\n', 'null\n', '~', '{}\n', ' \n'])(
    'fills the empty document %j',
    (text) => {
      const added = change(text, (value: Users) => (value.users = [user]));
      expect(parse(added)['users']).toEqual([userInFile]);
      expect(added).toContain('\nusers:\n- name: new\n'.slice(text === '{}\n' ? 1 : 0));
      if (text.startsWith('#')) expect(added).toMatch(/^# only a comment\n/);
    },
  );

  test('replaces and removes values, and keeps the comments of other members', () => {
    const text =
      '# 0\na: 1 # one\nb:\n  # b\n  c: d\n  # e\n  e: f # g\nh: {x: 1, y: 2}\ni: |\n  j\n';
    const changed = change(text, ({ b, h, ...value }: Record<'b' | 'h' | 'i', Loose>) => {
      delete b['c'];
      b['e'] = 'g';
      h['x'] = ['z'];
      delete h['y'];
      Object.assign(value, { a: 'https://h:1', i: 'k' });
      Object.assign(h, value);
    });
    expect(changed).toBe(
      '# 0\na: 1 # one\nb:\n  # b\n  # e\n  e: g # g\nh: {x: [z], a: https://h:1, i: k}\ni: |\n  j\n',
    );
  });

  test('removes entries with their comments, and keeps those of the others', () => {
    const text = '# 0\nusers:\n- name: a\n# 2\n- name: b\n  user: {} # b\n\n# 3\n- name: c\n';
    expect(change(text, (value: Users) => value.users.splice(1, 1))).toBe(
      '# 0\nusers:\n- name: a\n\n# 3\n- name: c\n',
    );
    expect(change(text, (value: Users) => value.users.splice(0))).toBe('# 0\nusers: []\n');
  });

  const withAlias = 'users:\n- name: a\n  user: &u {token: x}\n- name: b\n  user: *u\n';
  const withMerge = 'users:\n- name: a\n  user: &u {token: x}\n- name: b\n  user:\n    <<: *u\n';
  test.each([
    ['the removal of an anchor', withAlias, ({ users }: Users) => users.shift()],
    ['a change of an anchor', withAlias, ({ users }: Users) => (users[0]!.user['token'] = 'y')],
    ['a change of an alias', withAlias, ({ users }: Users) => (users[1]!.user = { token: 'y' })],
    ['the removal of a merged member', withMerge, ({ users }: Users) => (users[1]!.user = {})],
  ])('rejects %s that another entry uses', (_name, text, modify) => {
    const error = catchTpksError(() => change(text, modify));
    expect(error).toMatchObject({ kind: 'usage' });
    expect(error.message).toMatch(/^Cannot change \/config without changing other entries/);
  });

  test('quotes strings that kubectl would read as another type', () => {
    const values = [
      ...[
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
        '=',
        'null',
      ],
      ...['true', '123', '<<', '*a', '&a', '- a', 'a: b', 'a #b', "it's", '"', 'two\nlines', '\t'],
      ...['\u0085', '@', '--context'],
    ];
    const text = change('', (value: Loose) => (value['list'] = values));
    expect(parse(text)['list']).toEqual(values);
    for (const value of values.slice(0, 15)) expect(text).toContain(`- "${value}"\n`);
    expect(text).toContain('- --context\n');
  });

  test('escapes characters that kubectl rejects or reads as line breaks', () => {
    const value = 'a\u007f\u0085\u009b\u2028\ufeffb';
    const text = change('', (config: Loose) => (config['name'] = value));
    expect(text).toContain('name: "a\\u007f\\u0085\\u009b\\u2028\\ufeffb"\n');
    expect(parse(text)['name']).toBe(value);
  });
});

describe('parseKubeconfig', () => {
  test.each([
    ['users: [\n', /line 2: this is not valid JSON or YAML/],
    ['a: 1\na: 2\n', /line 2: /],
    ['a: 1\n---\nb: 2\n', /line 2: .*multiple documents/],
    ['a:\n\t- b\n', /line 2: /],
    ['a: *none\n', /line 1: /],
    ['- a\n', /line 1: the file is not a kubeconfig/],
    ['users: 5\n', /users: this is not a list/],
    ['users:\n- name: a\n- name: a\n', /users: a occurs more than once/],
  ])('rejects %j', (text, message) => {
    const error = catchTpksError(() => parse(text));
    expect(error.kind).toBe('usage');
    expect(error.message).toMatch(message);
  });
});
