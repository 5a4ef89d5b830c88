import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { toJson } from '../../../../src/base/sanitize.js';
import { toYaml } from '../../../../src/platform/terminal/yaml.js';
import { run, runFailing, uaa as target } from './run-uaa-command.js';

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
const createPage = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const updated = { 'GET /Users': createPage(cody), 'PUT /Users/c-1': { ...cody, active: false } };

describe('uaa user update', () => {
  test('prints the message of uaac, and the user as JSON', async () => {
    const { terminal } = await run(['user', 'update', 'cody', '--family_name', 'X'], updated);
    expect(terminal.lines).toEqual(['user account successfully updated']);
    expect(terminal.json).toEqual([{ ...cody, active: false }]);
  });

  test.each([
    [[], 'no user updates specified'],
    [['--del_attrs', 'emails'], 'emails cannot be removed'],
    [['--del_attrs', 'constructor'], 'constructor cannot be removed'],
    [['--given_name', 'C', '--del_attrs', 'name'], 'givenName cannot be both set and removed'],
    [['-p', 'secret'], '--password cannot be used with user update'],
    [['--id', 'c-1', '--phones', '1'], '--id cannot be used with a name or --origin'],
  ])('rejects %j and sends nothing', async (words, message) => {
    const { error, requests } = await runFailing(['user', 'update', 'cody', ...words], updated);
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
  ])('removes an attribute that is spelled %s', async (word, expected) => {
    const userWithMoreFields = { ...cody, phoneNumbers: [{ value: '1' }], externalId: 'e' };
    const responses = { ...updated, 'GET /Users': createPage(userWithMoreFields) };
    const { requests } = await run(['user', 'update', 'cody', '--del_attrs', word], responses);
    expect(requests.at(-1)?.[1]).toMatchObject(expected);
    expect(requests.at(-1)?.[1]).not.toEqual(userWithMoreFields);
  });
});

describe('uaa user activate, deactivate, unlock', () => {
  test('print the messages of uaac', async () => {
    const deactivation = await run(['user', 'deactivate', 'cody'], updated);
    expect(deactivation.terminal.lines).toEqual(['user account successfully deactivated']);
    const activation = await run(['user', 'activate', 'cody'], updated);
    expect(activation.terminal.lines).toEqual(['No changes: the user is already activated']);
    const unlock = await run(['user', 'unlock', '--id', 'c-1'], {
      'PATCH /Users/c-1/status': { locked: false },
    });
    expect(unlock.terminal.lines).toEqual(['user account successfully unlocked']);
    expect(unlock.terminal.json).toEqual([{ locked: false }]);
  });
});

describe('uaa user ids', () => {
  const found = { 'GET /ids/Users': createPage({ id: 'c-1', userName: 'cody', origin: 'uaa' }) };

  test('lists users with their ids', async () => {
    const { terminal } = await run(['user', 'ids', 'CODY'], found);
    expect(terminal.lines).toEqual(['Id   Origin  User name', 'c-1  uaa     cody']);
    expect(terminal.json).toEqual([[{ id: 'c-1', userName: 'cody', origin: 'uaa' }]]);
    const names = await run(['user', 'ids', 'CODY', '-o', 'name'], found);
    expect(names.terminal.lines).toEqual(['c-1']);
  });

  test('lists the users that exist and fails if some do not exist', async () => {
    const words = ['user', 'ids', 'cody', 'unknown', '--id', 'x-1'];
    const { error, terminal } = await runFailing(words, found);
    expect(terminal.lines).toHaveLength(2);
    expect(error).toMatchObject({
      kind: 'notFound',
      message: 'Users not found: unknown, x-1',
    });
  });
});

test.each([[['user', 'ids', 'cody']], [['token', 'list', '--client', 'cf']]])(
  '%j rejects an unknown column before it sends a request',
  async (words) => {
    // Without responses, any request fails.
    const { error } = await runFailing([...words, '--columns', 'nosuch'], {});
    expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining('nosuch') });
  },
);

describe('--if-exists and --if-missing', () => {
  const emptyResponses = {
    'GET /Users': createPage(),
    'GET /Groups': createPage(),
    'DELETE /Users/x': 404,
  };

  test.each([
    [['user', 'delete', 'cody'], 'No changes: User cody not found'],
    [['group', 'delete', 'team'], 'No changes: Group team not found'],
    [['group', 'unmap', 'team', 'cn=dev'], 'No changes: Group team not found'],
  ])('%j fails for a missing resource, but succeeds with --if-exists', async (words, note) => {
    expect((await runFailing(words, emptyResponses)).error).toMatchObject({ kind: 'notFound' });
    const { terminal } = await run([...words, '--if-exists'], emptyResponses);
    expect([terminal.lines, terminal.notes]).toEqual([[], [note]]);
  });

  test('user add --if-missing does not create an existing user or prompt for a password', async () => {
    const { terminal } = await run(['user', 'add', 'cody', '--if-missing'], updated);
    expect(terminal.notes).toEqual(['No changes: user cody already exists']);
    expect([terminal.prompts, terminal.json]).toEqual([[], [cody]]);
  });

  test('group add --if-missing shows an existing group', async () => {
    const team = { id: 'g-1', displayName: 'team' };
    const { terminal } = await run(['group', 'add', 'team', '--if-missing'], {
      'GET /Groups': createPage(team),
    });
    expect(terminal.notes).toEqual(['No changes: group team already exists']);
    expect(terminal.lines).toEqual(['id: g-1', 'displayName: team']);
  });
});

describe('uaa group map, unmap, mappings', () => {
  const responses = {
    'GET /Groups/External': createPage(mapping, { ...mapping, displayName: 'ops', origin: 'Okta' }),
    'POST /Groups/External': mapping,
    'GET /Groups': createPage({ id: 'g-1', displayName: 'team' }),
    'DELETE /Groups/External/groupId/g-1/externalGroup/CN%3DDev/origin/ldap': mapping,
  };

  test('print the messages of uaac, with the group name that the UAA stores', async () => {
    const map = await run(['group', 'map', 'CN=Dev', '--name', 'team'], responses);
    expect(map.terminal.lines).toEqual(['Successfully mapped team to cn=dev for origin ldap']);
    expect(map.terminal.json).toEqual([mapping]);
    const unmap = await run(['group', 'unmap', 'team', 'CN=Dev'], responses);
    expect(unmap.terminal.lines).toEqual([
      'Successfully unmapped cn=dev from team for origin ldap',
    ]);
  });

  test.each([
    [['group', 'map', 'cn=dev'], 'Missing group name'],
    [['group', 'map', 'cn=dev', '--name', 'a', '--id', 'b'], '--name cannot be used with --id'],
    [
      ['group', 'map', 'a/b', '--name', 'team'],
      'The name contains a slash: the UAA could map it but not unmap it later',
    ],
    [['group', 'unmap', 'team', 'a\\b'], 'The UAA cannot unmap a name that contains a backslash'],
    [['group', 'unmap', 'team', 'cn=dev', '--id', 'g-1'], '--id cannot be used with a group name'],
    [['group', 'delete', 'team', '--id', 'g-1'], '--id cannot be used with a group name'],
    [['group', 'map', '', '--name', 'team'], 'External group is empty'],
  ])('reject %j and send nothing', async (words, message) => {
    const { error, requests } = await runFailing(words, responses);
    expect(error).toMatchObject({ kind: 'usage', message, hint: expect.any(String) });
    expect(requests).toEqual([]);
  });
});

describe('uaa members', () => {
  const member = (value: string, origin: string, entity?: Record<string, string>) => ({
    ...{ value, type: 'USER', origin },
    ...(entity && { entity }),
  });
  const team = { 'GET /Groups': createPage({ id: 'g-1', displayName: 'team' }) };
  const mappings = createPage({
    ...{ groupId: 'g-1', displayName: 'team' },
    ...{ externalGroup: 'cn=dev', origin: 'ldap' },
  });

  test('lists users and groups by name', async () => {
    const members = [
      member('c-1', 'uaa', { userName: 'cody' }),
      { value: 'g-2', type: 'GROUP', origin: 'uaa', entity: { displayName: 'ops' } },
    ];
    const { terminal } = await run(['members', 'team'], {
      ...team,
      'GET /Groups/g-1/members': members,
    });
    expect(terminal.lines).toEqual([
      'Name  Type   Origin  Source  Id',
      'cody  user   uaa     added   c-1',
      'ops   group  uaa     added   g-2',
    ]);
    expect(JSON.parse(JSON.stringify(terminal.json))).toEqual([members]);
  });

  const fromProviders = [
    member('e-1', 'ldap', { userName: 'erin' }),
    member('f-1', 'okta', { userName: 'fred' }),
    member('h-1', 'azure', { userName: 'hana' }),
  ];
  const responses = {
    'GET /Groups': createPage({ id: 'g-1', displayName: 'team', members: fromProviders }),
    'GET /Groups/g-1/members': fromProviders,
    'GET /Groups/External': mappings,
    'GET /identity-providers': [
      { id: '1', originKey: 'okta', type: 'oidc1.0' },
      {
        ...{ id: '2', originKey: 'azure', type: 'oidc1.0' },
        config: { groupMappingMode: 'AS_SCOPES' },
      },
    ],
  };

  test('shows where a membership comes from, and marks those that a login may delete', async () => {
    const { terminal } = await run(['members', 'team'], responses);
    expect(terminal.lines).toEqual([
      'Name  Type  Origin  Source                                        Id',
      'erin  user  ldap    mapping                                       e-1',
      'fred  user  okta    no mapping: may be deleted at the next login  f-1',
      'hana  user  azure   identity provider                             h-1',
    ]);
    const [json] = terminal.json;
    expect(JSON.parse(toJson(json))).toEqual(fromProviders);
    expect(parse((await toYaml(json)).join('\n'))).toEqual(fromProviders);
  });

  test('warns if the token may not read the identity providers', async () => {
    const forbidden = { ...responses, 'GET /identity-providers': 403 };
    const { terminal } = await run(['members', 'team'], forbidden);
    expect(terminal.lines[2]).toMatch(/^fred .* unknown /);
    expect(terminal.warnings).toEqual([
      'Cannot tell whether the next login deletes memberships with the origin azure, okta: the token ' +
        'lacks the scope idps.read',
    ]);
  });

  test('names a member that no longer exists, and the command that removes it', async () => {
    const { terminal } = await run(['members', 'team'], {
      ...team,
      'GET /Groups/g-1/members?returnEntities=true': 404,
      'GET /Groups/g-1/members': [member('c-1', 'uaa'), member('x-1', 'uaa')],
      'GET /Users': createPage({ id: 'c-1', userName: 'cody', origin: 'uaa' }),
    });
    expect(terminal.lines).toEqual([
      'Name              Type  Origin  Source  Id',
      'cody              user  uaa     added   c-1',
      'no longer exists  user  uaa             x-1',
    ]);
    expect(terminal.warnings).toEqual([
      'Group team has 1 member that no longer exists; remove it: ' +
        'tpks uaa member delete team --id x-1',
    ]);
  });
});

describe('uaa password', () => {
  const success = { status: 'ok', message: 'password updated' };
  const responses = {
    'GET /Users': createPage(cody),
    'PUT /Users/c-1/password': success,
    'GET /userinfo': { user_id: 'c-1', user_name: 'cody' },
  };
  const codySetup = {
    context: { name: 'work', identity: 'cody', clientId: 'cf', grant: 'password', store: 'file' },
    claims: { user_id: 'c-1' },
  };

  test('set finds the user before it prompts twice for the password', async () => {
    const terminalInput = { 'New password: ': 'pw', 'Verify new password: ': 'pw' };
    const { terminal, requests } = await run(['password', 'set', 'cody'], responses, {
      terminalInput,
    });
    expect(terminal.lines).toEqual(['password successfully set']);
    expect(terminal.prompts).toEqual(['New password: ', 'Verify new password: ']);
    expect(requests.at(-1)).toEqual(['PUT /Users/c-1/password', { password: 'pw' }]);
    const unknown = await runFailing(
      ['password', 'set', 'x'],
      { 'GET /Users': createPage() },
      { terminalInput },
    );
    expect([unknown.error, unknown.terminal.prompts]).toMatchObject([{ kind: 'notFound' }, []]);
  });

  test('set reads TPKS_NEW_PASSWORD, but not the password of the current user', async () => {
    const env = { TPKS_PASSWORD: 'own', TPKS_NEW_PASSWORD: 'new' };
    const { requests } = await run(['password', 'set', 'cody'], responses, { env });
    expect(requests.at(-1)?.[1]).toEqual({ password: 'new' });
    const without = await runFailing(['password', 'set', 'cody'], responses, {
      env: { TPKS_PASSWORD: 'own' },
    });
    expect(without.error).toMatchObject({ kind: 'usage' });
    expect(without.requests.map(([line]) => line.slice(0, 3))).toEqual(['GET']);
  });

  test('set does not set a password if the two entries differ', async () => {
    const terminalInput = { 'New password: ': 'pw', 'Verify new password: ': 'wp' };
    const { error, requests } = await runFailing(['password', 'set', '--id', 'c-1'], responses, {
      terminalInput,
    });
    expect(error).toMatchObject({ message: 'The passwords do not match: no password was set' });
    expect(requests).toEqual([]);
  });

  test('change prompts for the old password, takes the user from the token and reports the revoked tokens', async () => {
    const terminalInput = {
      'Current password: ': 'old',
      'New password: ': 'new',
      'Verify new password: ': 'new',
    };
    const { terminal, requests } = await run(['password', 'change'], responses, {
      terminalInput,
      ...codySetup,
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

  test.each([
    [{ TPKS_PASSWORD: 'pw' }, 'pw'],
    [{ TPKS_PASSWORD: 'pw', TPKS_USERNAME: 'cody' }, 'pw'],
    [{ TPKS_PASSWORD: 'pw', TPKS_USERNAME: 'alana' }, undefined],
  ])('change with %j uses the old password %j', async (env, oldPassword) => {
    const words = ['password', 'change', '-p', 'new'];
    if (oldPassword === undefined) {
      const { error, requests } = await runFailing(words, responses, { env, ...codySetup });
      expect([error, requests]).toMatchObject([{ kind: 'usage' }, []]);
      return;
    }
    const { requests } = await run(words, responses, { env, ...codySetup });
    expect(requests[0]?.[1]).toEqual({ password: 'new', oldPassword });
  });

  test('change rejects the token of a client', async () => {
    const context = { identity: 'admin', clientId: 'admin', grant: 'client_credentials' };
    const { error, requests } = await runFailing(['password', 'change'], responses, { context });
    expect(error).toMatchObject({
      kind: 'usage',
      message: 'no user_id in current context: its token belongs to a client',
      hint: expect.stringContaining('tpks uaa password set NAME'),
    });
    expect(requests).toEqual([]);
  });

  test('strength reads the password from a hidden prompt or from stdin', async () => {
    const scoreResponse = { 'POST /password/score': { score: 0, requiredScore: 0 } };
    const terminalInput = { 'Password: ': 'a b' };
    const prompted = await run(['password', 'strength'], scoreResponse, { terminalInput });
    expect(prompted.terminal.lines).toEqual(['score: 0', 'requiredScore: 0']);
    const piped = await run(['password', 'strength', '--password-stdin'], scoreResponse, {
      stdin: 'a b\n',
    });
    expect([...prompted.requests, ...piped.requests]).toEqual([
      ['POST /password/score', 'password=a+b'],
      ['POST /password/score', 'password=a+b'],
    ]);
  });
});

describe('uaa idps, zones, prompts, me and signing key', () => {
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

  test('idps lists the origins that other commands accept', async () => {
    const { terminal } = await run(['idps'], providers);
    expect(terminal.lines).toEqual([
      'Origin  Type  Name  Active  Id',
      'ldap    ldap  LDAP  no      i-1',
      'Okta    saml        yes     i-2',
    ]);
    const provider = await run(['idp', 'get', 'Okta'], providers);
    expect(provider.terminal.lines).toContain('originKey: Okta');
    expect((await runFailing(['idp', 'get', 'Okta', '--id', 'x'], providers)).error).toMatchObject({
      kind: 'usage',
    });
  });

  test('zones lists the zones and marks the default', async () => {
    const { terminal } = await run(['zones'], providers);
    expect(terminal.lines).toEqual([
      'Id      Subdomain  Name  Active  Description',
      'uaa     (default)  uaa   yes     The system zone',
      'lab-id  lab        Lab   no',
    ]);
  });

  test('prompts, me and signing key print YAML', async () => {
    const responses = {
      'GET /info': { app: { version: '4.30.0' }, prompts: { username: ['text', 'Email'] } },
      'GET /userinfo': { user_id: 'c-1', user_name: 'cody', previous_logon_time: null },
      'GET /token_key': { kty: 'RSA', alg: 'RS256', value: '-----BEGIN\nKEY\n-----END' },
    };
    const printLines = async (...words: string[]) => (await run(words, responses)).terminal.lines;
    expect(await printLines('prompts')).toEqual(['username:', '  - text', '  - Email']);
    expect(await printLines('me')).toEqual([
      'user_id: c-1',
      'user_name: cody',
      'previous_logon_time: null',
    ]);
    expect((await printLines('signing', 'key'))[0]).toBe('kty: RSA');
  });

  test('signing key rejects a secret without a client', async () => {
    const { error } = await runFailing(['signing', 'key', '-s', 'x']);
    expect(error).toMatchObject({
      kind: 'usage',
      message: 'Missing client: a secret cannot be used without one',
    });
  });
});

describe('uaa curl', () => {
  test('rejects other hosts, which must not receive the token', async () => {
    for (const url of ['https://evil.example.com/x', 'http://uaa.example.com:8443/x']) {
      const { error, requests } = await runFailing(['curl', url]);
      expect(error).toMatchObject({
        kind: 'untrusted',
        message: `${url} is not on ${target}: nothing was sent`,
      });
      expect(requests).toEqual([]);
    }
  });

  test.each([[['-k']], [['-C', 'ca.pem']]])('warns that %j has no effect', async (flags) => {
    const { terminal } = await run(['curl', '/x', ...flags], { 'GET /x': {} });
    expect(terminal.warnings).toEqual([expect.stringContaining('tpks uaa target URL --ca-cert')]);
  });
});
