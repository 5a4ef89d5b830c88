import { describe, expect, test } from '@jest/globals';
import { prepare, run, uaa as target, type Answers, type Setup } from './uaa-line.js';

const cody = {
  id: 'c-1',
  meta: { version: 3 },
  userName: 'cody',
  name: { givenName: 'Cody' },
  emails: [{ value: 'cody@example.com' }],
  active: true,
  origin: 'uaa',
};
const mapping = {
  groupId: 'g-1',
  displayName: 'team',
  externalGroup: 'cn=dev',
  origin: 'ldap',
  meta: {},
};
const page = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const updated = { 'GET /Users': page(cody), 'PUT /Users/c-1': { ...cody, active: false } };

/** Runs a line that must fail. @returns the failure, and what was sent until then. */
async function refused(words: readonly string[], answers: Answers = {}, setup: Setup = {}) {
  const line = prepare(answers, setup);
  const error: unknown = await line.run(words).then(
    () => {
      throw new Error('it did not fail');
    },
    (thrown: unknown) => thrown,
  );
  return { error, requests: line.requests, terminal: line.terminal };
}

describe('uaa user update', () => {
  test('says so in the words of uaac, and shows the user', async () => {
    const { terminal } = await run(['user', 'update', 'cody', '--family_name', 'X'], updated);
    expect(terminal.lines).toEqual(['user account successfully updated']);
    expect(terminal.json).toEqual([{ ...cody, active: false }]);
  });

  test('says when there was nothing to change', async () => {
    const { terminal } = await run(['user', 'update', 'cody', '--given_name', 'Cody'], updated);
    expect(terminal.lines).toEqual(['No changes: the user already has these values']);
  });

  test.each([
    [[], 'no user updates specified'],
    [['--del_attrs', 'userName'], 'userName cannot be removed: it is required'],
    [['--del_attrs', 'emails'], 'emails cannot be removed: it is required'],
    [['--del_attrs', 'nickName'], 'nickName cannot be removed: users have no such field'],
    [['--del_attrs', 'constructor'], 'constructor cannot be removed: users have no such field'],
    [['--given_name', 'C', '--del_attrs', 'name'], 'givenName cannot be both set and removed'],
    [['-p', 'secret'], '--password cannot be used with user update'],
    [['--id', 'c-1', '--phones', '1'], '--id cannot be used with a name or --origin'],
  ])('refuses %j before anything is sent', async (words, message) => {
    const { error, requests } = await refused(['user', 'update', 'cody', ...words], updated);
    expect(error).toMatchObject({ kind: 'usage', message, hint: expect.any(String) });
    expect(requests).toEqual([]);
  });

  test.each([
    ['given_name', { name: {} }],
    ['givenName', { name: {} }],
    ['Name.GivenName', { name: {} }],
    ['name', { name: {} }],
    ['phone_numbers', { name: { givenName: 'Cody' } }],
    ['external-id', { name: { givenName: 'Cody' } }],
  ])('takes %s away, however it is spelled', async (word, expected) => {
    const rich = { ...cody, phoneNumbers: [{ value: '1' }], externalId: 'e' };
    const answers = { ...updated, 'GET /Users': page(rich) };
    const { requests } = await run(['user', 'update', 'cody', '--del_attrs', word], answers);
    expect(requests.at(-1)?.[1]).toMatchObject(expected);
    expect(requests.at(-1)?.[1]).not.toEqual(rich);
  });

  test('lists the lines to choose from where a name exists in three origins', async () => {
    const origins = ['uaa', 'ldap', 'Okta'];
    const found = page(...origins.map((origin) => ({ ...cody, id: `of ${origin}`, origin })));
    const lines = [
      ['user', 'update', 'cody', '--phones', '1'],
      ['user', 'unlock', 'cody'],
      ['user', 'deactivate', 'cody'],
      ['user', 'delete', 'cody'],
      ['password', 'set', 'cody', '-p', 'x'],
    ];
    for (const words of lines) {
      const { error, requests } = await refused(words, { 'GET /Users': found });
      expect(error).toMatchObject({
        message: 'User cody exists in several origins',
        hint: 'choose one of:\n  --origin Okta\n  --origin ldap\n  --origin uaa',
      });
      expect(requests).toHaveLength(1);
    }
  });
});

describe('uaa user activate, deactivate, unlock', () => {
  test('say so in the words of uaac', async () => {
    const off = await run(['user', 'deactivate', 'cody'], updated);
    expect(off.terminal.lines).toEqual(['user account successfully deactivated']);
    const on = await run(['user', 'activate', 'cody'], updated);
    expect(on.terminal.lines).toEqual(['No changes: the user is already activated']);
    const unlock = await run(['user', 'unlock', '--id', 'c-1'], {
      'PATCH /Users/c-1/status': { locked: false },
    });
    expect(unlock.terminal.lines).toEqual(['user account successfully unlocked']);
    expect(unlock.terminal.json).toEqual([{ locked: false }]);
  });

  test('ask for the name', async () => {
    const typed = { 'User name: ': 'cody' };
    const { terminal } = await run(['user', 'deactivate'], updated, { typed });
    expect(terminal.asked).toEqual(['User name: ']);
  });
});

describe('uaa user ids', () => {
  const found = { 'GET /ids/Users': page({ id: 'c-1', userName: 'cody', origin: 'uaa' }) };

  test('shows who has which id', async () => {
    const { terminal } = await run(['user', 'ids', 'CODY'], found);
    expect(terminal.lines).toEqual(['Id   Origin  User name', 'c-1  uaa     cody']);
    expect(terminal.json).toEqual([[{ id: 'c-1', userName: 'cody', origin: 'uaa' }]]);
  });

  test('shows those there are, and fails for those there are not', async () => {
    const words = ['user', 'ids', 'cody', 'nobody', '--id', 'x-1'];
    const { error, terminal } = await refused(words, found);
    expect(terminal.lines).toHaveLength(2);
    expect(error).toMatchObject({
      kind: 'notFound',
      message: 'Users not found: nobody, x-1',
    });
  });

  test('asks for the names', async () => {
    const typed = { 'User names: ': 'cody, nobody' };
    const { error, terminal } = await refused(['user', 'ids'], found, { typed });
    expect(terminal.asked).toEqual(['User names: ']);
    expect(error).toMatchObject({ message: 'Users not found: nobody' });
  });
});

describe('what may run twice', () => {
  const nobody = { 'GET /Users': page(), 'GET /Groups': page(), 'DELETE /Users/x': 404 };

  test.each([
    [['user', 'delete', 'cody'], 'No changes: User cody not found'],
    [['group', 'delete', 'team'], 'No changes: Group team not found'],
    [['group', 'unmap', 'team', 'cn=dev'], 'No changes: Group team not found'],
  ])('%j', async (words, note) => {
    expect((await refused(words, nobody)).error).toMatchObject({ kind: 'notFound' });
    const { terminal } = await run([...words, '--if-exists'], nobody);
    expect([terminal.lines, terminal.notes]).toEqual([[], [note]]);
  });

  test('a user that is there is not added, and nobody is asked for a password', async () => {
    const { terminal } = await run(['user', 'add', 'cody', '--if-missing'], updated);
    expect(terminal.notes).toEqual(['No changes: user cody already exists']);
    expect([terminal.asked, terminal.json]).toEqual([[], [cody]]);
  });

  test('a group that is there is shown, and not added', async () => {
    const team = { id: 'g-1', displayName: 'team' };
    const { terminal } = await run(['group', 'add', 'team', '--if-missing'], {
      'GET /Groups': page(team),
    });
    expect(terminal.notes).toEqual(['No changes: group team already exists']);
    expect(terminal.lines).toEqual(['id: g-1', 'displayName: team']);
  });

  test('one that is not there is added', async () => {
    const answers = { ...nobody, 'POST /Groups': { id: 'g-1', displayName: 'team' } };
    const { requests } = await run(['group', 'add', 'team', '--if-missing'], answers);
    expect(requests.map(([line]) => line.split('?')[0])).toEqual(['GET /Groups', 'POST /Groups']);
  });
});

describe('where another script is quicker under --if-missing', () => {
  const team = { id: 'g-1', displayName: 'team' };

  test.each([
    [['user', 'add', 'cody', '--emails', 'a@b.c', '-p', 'x'], 'Users', cody],
    [['group', 'add', 'team'], 'Groups', team],
  ])('%j shows what that one made', async (words, route, made) => {
    const pages = [page(), page(made)];
    const { terminal } = await run([...words, '--if-missing'], {
      get [`GET /${route}`]() {
        return pages.shift();
      },
      [`POST /${route}`]: 409,
    });
    expect(terminal.notes).toEqual([
      `No changes: ${words[0] ?? ''} ${words[2] ?? ''} already exists`,
    ]);
    expect(terminal.json).toEqual([made]);
  });
});

test.each([
  ['user', 'delete', 'a/b?c%d'],
  ['group', 'delete', 'a%2Fb'],
  ['idp', 'get', 'a/b'],
])('%s %s --id %s is refused before anything is sent', async (what, verb, id) => {
  const { error, requests } = await refused([what, verb, '--id', id]);
  expect(error).toMatchObject({
    kind: 'notFound',
    hint: expect.stringContaining('UAA ids never contain'),
  });
  expect(requests).toEqual([]);
});

describe('uaa group map, unmap, mappings', () => {
  const answers = {
    'GET /Groups/External': page(mapping, { ...mapping, displayName: 'ops', origin: 'Okta' }),
    'POST /Groups/External': mapping,
    'GET /Groups': page({ id: 'g-1', displayName: 'team' }),
    'DELETE /Groups/External/groupId/g-1/externalGroup/CN%3DDev/origin/ldap': mapping,
  };

  test('say so in the words of uaac, with the name as the UAA keeps it', async () => {
    const on = await run(['group', 'map', 'CN=Dev', '--name', 'team'], answers);
    expect(on.terminal.lines).toEqual(['Successfully mapped team to cn=dev for origin ldap']);
    expect(on.terminal.json).toEqual([mapping]);
    const off = await run(['group', 'unmap', 'team', 'CN=Dev'], answers);
    expect(off.terminal.lines).toEqual(['Successfully unmapped cn=dev from team for origin ldap']);
  });

  test('show all of them', async () => {
    const { terminal } = await run(['group', 'mappings'], answers);
    expect(terminal.lines).toEqual([
      'Group  Origin  External group',
      'team   ldap    cn=dev',
      'ops    Okta    cn=dev',
    ]);
  });

  test.each([
    [['group', 'map', 'cn=dev'], 'Please provide a group name or id'],
    [['group', 'map', 'cn=dev', '--name', 'a', '--id', 'b'], '--name cannot be used with --id'],
    [
      ['group', 'map', 'a/b', '--name', 'team'],
      'The name contains a slash: the UAA could map it but not unmap it later',
    ],
    [['group', 'unmap', 'team', 'a\\b'], 'The UAA cannot unmap a name that contains a backslash'],
    [['group', 'unmap', 'team', 'cn=dev', '--id', 'g-1'], '--id cannot be used with a group name'],
    [['group', 'delete', 'team', '--id', 'g-1'], '--id cannot be used with a group name'],
    [['group', 'map', '', '--name', 'team'], 'External group is empty'],
  ])('%j is refused before anything is sent', async (words, message) => {
    const { error, requests } = await refused(words, answers);
    expect(error).toMatchObject({ kind: 'usage', message, hint: expect.any(String) });
    expect(requests).toEqual([]);
  });
});

describe('uaa members', () => {
  test('shows users and groups by name, and who is not known any more', async () => {
    const members = [
      { value: 'c-1', type: 'USER', origin: 'uaa', entity: { userName: 'cody' } },
      { value: 'g-2', type: 'GROUP', origin: 'uaa', entity: { displayName: 'ops' } },
      { value: 'x-1', type: 'USER', origin: 'ldap' },
    ];
    const { terminal } = await run(['members', 'team'], {
      'GET /Groups': page({ id: 'g-1', displayName: 'team' }),
      'GET /Groups/g-1/members': members,
    });
    expect(terminal.lines).toEqual([
      'Name     Type   Origin  Id',
      'cody     user   uaa     c-1',
      'ops      group  uaa     g-2',
      'unknown  user   ldap    x-1',
    ]);
    expect(terminal.json).toEqual([members]);
  });
});

describe('uaa password', () => {
  const done = { status: 'ok', message: 'password updated' };
  const answers = {
    'GET /Users': page(cody),
    'PUT /Users/c-1/password': done,
    'GET /userinfo': { user_id: 'c-1', user_name: 'cody' },
  };
  const asCody = {
    context: { name: 'work', identity: 'cody', clientId: 'cf', grant: 'password', store: 'file' },
    claims: { user_id: 'c-1' },
  };

  test('set asks twice, once the user is known', async () => {
    const typed = { 'New password: ': 'pw', 'Verify new password: ': 'pw' };
    const { terminal, requests } = await run(['password', 'set', 'cody'], answers, { typed });
    expect(terminal.lines).toEqual(['password successfully set']);
    expect(terminal.asked).toEqual(['New password: ', 'Verify new password: ']);
    expect(requests.at(-1)).toEqual(['PUT /Users/c-1/password', { password: 'pw' }]);
    const nobody = await refused(['password', 'set', 'x'], { 'GET /Users': page() }, { typed });
    expect([nobody.error, nobody.terminal.asked]).toMatchObject([{ kind: 'notFound' }, []]);
  });

  test('set takes one from the environment, but never that of whoever runs tpks', async () => {
    const env = { TPKS_PASSWORD: 'mine', TPKS_NEW_PASSWORD: 'theirs' };
    const { requests } = await run(['password', 'set', 'cody'], answers, { env });
    expect(requests.at(-1)?.[1]).toEqual({ password: 'theirs' });
    const without = await refused(['password', 'set', 'cody'], answers, {
      env: { TPKS_PASSWORD: 'mine' },
    });
    expect(without.error).toMatchObject({ kind: 'usage' });
    expect(without.requests.map(([line]) => line.slice(0, 3))).toEqual(['GET']);
  });

  test('set sets nothing when the two differ', async () => {
    const typed = { 'New password: ': 'pw', 'Verify new password: ': 'wp' };
    const { error, requests } = await refused(['password', 'set', '--id', 'c-1'], answers, {
      typed,
    });
    expect(error).toMatchObject({ message: 'The passwords do not match: no password was set' });
    expect(requests).toEqual([]);
  });

  test('change asks for the old one, takes the user from the token, and says what ended', async () => {
    const typed = {
      'Current password: ': 'old',
      'New password: ': 'new',
      'Verify new password: ': 'new',
    };
    const { terminal, requests } = await run(['password', 'change'], answers, {
      typed,
      ...asCody,
    });
    expect(requests).toEqual([
      ['PUT /Users/c-1/password', { password: 'new', oldPassword: 'old' }],
    ]);
    expect(terminal.lines).toEqual(['password successfully changed']);
    expect(terminal.notes).toEqual([
      'All tokens of cody have been revoked. Log in again: ' +
        'tpks uaa target https://uaa.example.com:8443 && ' +
        'tpks uaa token owner get cf cody --name work --store file',
    ]);
  });

  test('change asks the UAA who it is where the token does not tell', async () => {
    const words = ['password', 'change', '-o', 'old', '-p', 'new'];
    const { requests } = await run(words, answers, { ...asCody, claims: undefined });
    expect(requests.map(([line]) => line)).toEqual([
      'GET /userinfo?schema=openid',
      'PUT /Users/c-1/password',
    ]);
  });

  test.each([
    [{ TPKS_PASSWORD: 'mine' }, 'mine'],
    [{ TPKS_PASSWORD: 'mine', TPKS_USERNAME: 'cody' }, 'mine'],
    [{ TPKS_PASSWORD: 'mine', TPKS_USERNAME: 'alana' }, undefined],
  ])('change takes the old one from %j if it is meant', async (env, old) => {
    const words = ['password', 'change', '-p', 'new'];
    if (old === undefined) {
      const { error, requests } = await refused(words, answers, { env, ...asCody });
      expect([error, requests]).toMatchObject([{ kind: 'usage' }, []]);
      return;
    }
    const { requests } = await run(words, answers, { env, ...asCody });
    expect(requests[0]?.[1]).toEqual({ password: 'new', oldPassword: old });
  });

  test('change is not for clients', async () => {
    const context = { identity: 'admin', clientId: 'admin', grant: 'client_credentials' };
    const { error, requests } = await refused(['password', 'change'], answers, { context });
    expect(error).toMatchObject({
      kind: 'usage',
      message: 'no user_id in current context: its token belongs to a client',
      hint: expect.stringContaining('tpks uaa password set NAME'),
    });
    expect(requests).toEqual([]);
  });

  test('change cannot read both from stdin', async () => {
    const words = ['password', 'change', '--old-password-file', '-', '--password-stdin'];
    const { error } = await refused(words, answers, asCody);
    expect(error).toMatchObject({ kind: 'usage' });
  });

  test('strength takes it hidden, or from stdin', async () => {
    const scored = { 'POST /password/score': { score: 0, requiredScore: 0 } };
    const typed = { 'Password: ': 'a b' };
    const asked = await run(['password', 'strength'], scored, { typed });
    expect(asked.terminal.lines).toEqual(['score: 0', 'requiredScore: 0']);
    const piped = await run(['password', 'strength', '--password-stdin'], scored, {
      stdin: 'a b\n',
    });
    expect([...asked.requests, ...piped.requests]).toEqual([
      ['POST /password/score', 'password=a+b'],
      ['POST /password/score', 'password=a+b'],
    ]);
  });

  test('a secret on the line works and warns', async () => {
    const { terminal } = await run(['password', 'set', '--id', 'c-1', '-p', 'x'], answers);
    expect(terminal.warnings).toEqual([expect.stringContaining('--password')]);
  });
});

describe('what is not one’s own', () => {
  const providers = {
    'GET /identity-providers': [
      { id: 'i-1', originKey: 'ldap', type: 'ldap', name: 'LDAP', active: false, config: {} },
      { id: 'i-2', originKey: 'Okta', type: 'saml', name: null, active: true, config: null },
    ],
    'GET /identity-zones': [
      { id: 'uaa', subdomain: '', name: 'uaa', active: true, description: 'The system zone' },
      { id: 'lab-id', subdomain: 'lab', name: 'Lab', active: false },
    ],
  };

  test('providers are shown with the origins that other commands take', async () => {
    const { terminal } = await run(['idps'], providers);
    expect(terminal.lines).toEqual([
      'Origin  Type  Name  Active  Id',
      'ldap    ldap  LDAP  no      i-1',
      'Okta    saml        yes     i-2',
    ]);
    const one = await run(['idp', 'get', 'Okta'], providers);
    expect(one.terminal.lines).toContain('originKey: Okta');
    expect((await refused(['idp', 'get', 'Okta', '--id', 'x'], providers)).error).toMatchObject({
      kind: 'usage',
    });
  });

  test('zones are shown, and which is the default', async () => {
    const { terminal } = await run(['zones'], providers);
    expect(terminal.lines).toEqual([
      'Id      Subdomain  Name  Active  Description',
      'uaa     (default)  uaa   yes     The system zone',
      'lab-id  lab        Lab   no',
    ]);
  });

  test('prompts, me and the signing key are shown as YAML', async () => {
    const answers = {
      'GET /info': { app: { version: '4.30.0' }, prompts: { username: ['text', 'Email'] } },
      'GET /userinfo': { user_id: 'c-1', user_name: 'cody', previous_logon_time: null },
      'GET /token_key': { kty: 'RSA', alg: 'RS256', value: '-----BEGIN\nKEY\n-----END' },
    };
    const lines = async (...words: string[]) => (await run(words, answers)).terminal.lines;
    expect(await lines('prompts')).toEqual(['username:', '  - text', '  - Email']);
    expect(await lines('me')).toEqual([
      'user_id: c-1',
      'user_name: cody',
      'previous_logon_time: null',
    ]);
    expect((await lines('signing', 'key'))[0]).toBe('kty: RSA');
  });

  test('a secret without its client opens nothing', async () => {
    const { error } = await refused(['signing', 'key', '-s', 'x']);
    expect(error).toMatchObject({
      kind: 'usage',
      message: 'Missing client: a secret cannot be used without one',
    });
  });
});

describe('uaa curl', () => {
  test('refuses hosts that the token is not for', async () => {
    for (const url of ['https://evil.example.com/x', 'http://uaa.example.com:8443/x']) {
      const { error, requests } = await refused(['curl', url]);
      expect(error).toMatchObject({
        kind: 'untrusted',
        message: `${url} is not on ${target}: nothing was sent`,
      });
      expect(requests).toEqual([]);
    }
  });

  test('ends by the status', async () => {
    const answers = { 'GET /gone': 404, 'GET /broken': 500 };
    expect((await refused(['curl', '/gone'], answers)).error).toMatchObject({ kind: 'notFound' });
    expect((await refused(['curl', '/broken'], answers)).error).toMatchObject({
      kind: 'unavailable',
    });
  });

  test.each([[['-k']], [['-C', 'ca.pem']]])('says that %j does nothing here', async (flags) => {
    const { terminal } = await run(['curl', '/x', ...flags], { 'GET /x': {} });
    expect(terminal.warnings).toEqual([expect.stringContaining('tpks uaa target URL --ca-cert')]);
  });
});
