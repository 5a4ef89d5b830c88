import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startUaaUnderTest, type UaaUnderTest } from '../support/servers/uaa-under-test.js';

/**
 * Command lines from the product's manual, exactly as printed there, run through a link named
 * `uaac`. They use the sandbox's UAA, or a real one if its address is set.
 * @see docs/contributing/servers/uaac.md#product-manual
 */

const administrator = createUser();
const runId = Math.random().toString(36).slice(2, 10);
let server: UaaUnderTest;

beforeAll(async () => {
  server = await startUaaUnderTest();
}, 60_000);

afterAll(() => server.close());

/** @param line - a command with double quotes and the variables `$HOST_PORT`, `$FILE` and `$RUN`. */
function shell(line: string): Promise<TpksResult> {
  const [, ...words] =
    line
      .replaceAll('$HOST_PORT', new URL(server.uaa).host)
      .replaceAll('$FILE', server.caCert)
      .replaceAll('$RUN', runId)
      .match(/(?:"[^"]*"|\S)+/g) ?? [];
  return administrator.tpks(
    words.map((word) => word.replaceAll('"', '')),
    { programName: 'uaac', env: { TPKS_STORE: 'file' } },
  );
}

/** @returns the exit code and stdout, which contains errors as well. */
async function readOutcome(line: string): Promise<[number | null, string]> {
  const { code, stdout } = await shell(line);
  return [code, stdout];
}

const robot = `robot-${runId}`;
const dn = `cn=admins-${runId},ou=groups,dc=example,dc=com`;

const addUser = 'uaac user add erin-$RUN --emails erin@example.com -p "erin secret 7"';
const addMember = 'uaac member add pks.clusters.admin erin-$RUN';
const mapGroup =
  'uaac group map --name pks.clusters.manage cn=admins-$RUN,ou=groups,dc=example,dc=com';
const addClient =
  'uaac client add robot-$RUN -s "robot secret" --authorized_grant_types client_credentials ' +
  '--authorities pks.clusters.admin,pks.clusters.manage';

const manualLines: [line: string, expected: string][] = [
  ['uaac target $HOST_PORT --ca-cert $FILE', 'Target: https://'],
  [
    'uaac token client get admin -s adminsecret',
    'Successfully fetched token via client credentials grant.',
  ],
  [addUser, 'user account successfully added'],
  [addMember, 'success'],
  ['uaac member add pks.clusters.manage erin-$RUN', 'success'],
  ['uaac member add pks.clusters.admin.read erin-$RUN', 'success'],
  [mapGroup, `Successfully mapped pks.clusters.manage to ${dn} for origin ldap`],
  [
    `${mapGroup} --origin my-saml`,
    `Successfully mapped pks.clusters.manage to ${dn} for origin my-saml`,
  ],
  [addClient, `client_id: ${robot}`],
];

describe('command lines from the manual:', () => {
  afterAll(async () => {
    await shell('uaac context admin');
    await shell('uaac user delete erin-$RUN');
    await shell('uaac client delete robot-$RUN');
    for (const origin of ['ldap', 'my-saml']) {
      await shell(`uaac group unmap pks.clusters.manage ${dn} --origin ${origin}`);
    }
  }, 60_000);

  test.each(manualLines)('%s succeeds', async (line, expected) => {
    expect(await readOutcome(line)).toEqual([0, expect.stringContaining(expected)]);
  });

  test('together have the documented effects', async () => {
    const scopes = ['admin', 'manage', 'admin.read'].map((word) => `pks.clusters.${word}`);
    const { stdout } = await shell('uaac user get erin-$RUN --json');
    const { emails, groups } = JSON.parse(stdout) as {
      emails: unknown;
      groups: { display: string }[];
    };
    expect(emails).toMatchObject([{ value: 'erin@example.com' }]);
    expect(groups.map(({ display }) => display)).toEqual(expect.arrayContaining(scopes));

    const mappings = await shell(`uaac group mappings --external ${dn} --json`);
    expect(JSON.parse(mappings.stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ displayName: 'pks.clusters.manage', origin: 'ldap' }),
        expect.objectContaining({ displayName: 'pks.clusters.manage', origin: 'my-saml' }),
      ]),
    );

    const login = await shell(
      'uaac token owner get pks_cli erin-$RUN -s "" -p "erin secret 7" --json',
    );
    expect((JSON.parse(login.stdout) as { scopes: string[] }).scopes).toEqual(
      expect.arrayContaining(['openid', ...scopes]),
    );
    const job = await shell('uaac token client get robot-$RUN -s "robot secret" --json');
    expect((JSON.parse(job.stdout) as { scopes: string[] }).scopes.sort()).toEqual([
      'pks.clusters.admin',
      'pks.clusters.manage',
    ]);
    expect(await readOutcome('uaac context admin')).toEqual([0, expect.any(String)]);
  });

  test.each([
    'uaac target $HOST_PORT --basic_auth',
    'uaac target --no-basic_auth',
    'uaac context admin --no-trace',
    'uaac users --no-debug',
  ])('%s accepts an option that has no effect, without a warning', async (line) => {
    expect(await shell(line)).toMatchObject({ code: 0, stderr: '' });
  });

  test('--cf prints a warning that it is ignored', async () => {
    const { code, stderr } = await shell(
      'uaac token authcode get -c cf --cf --no-browser --browser-timeout 1 --port 0',
    );
    expect(code).not.toBe(2);
    expect(stderr).toContain('Warning: --cf is ignored');
  });
});

/** The error is about all identity providers of the client in UAA 4.30, and about the user's provider in UAA 77. */
const noProvider = /client is not authorized for (any|specified)/i;

describe('a client that accepts only some users', () => {
  const operator = createUser();
  const [rita, group] = [`rita-${runId}`, `staff-${runId}`];
  const [ldapOnly, staffOnly] = [`ldap-only-${runId}`, `staff-only-${runId}`];
  const logIn = (programName: string, clientId: string): Promise<TpksResult> => {
    const words = ['token', 'owner', 'get', clientId, rita, '-s', 'x', '-p', 'secret 7'];
    const all = programName === 'tpks' ? ['uaa', ...words] : words;
    return operator.tpks(all, { programName, env: { TPKS_STORE: 'file' } });
  };

  beforeAll(async () => {
    await operator.tpks(['uaa', 'target', server.uaa, '--ca-cert', server.caCert]);
    const grants = '-s x --authorized_grant_types password --scope openid';
    for (const line of [
      'target $HOST_PORT --ca-cert $FILE',
      'token client get admin -s adminsecret',
      `user add ${rita} --emails rita@example.com -p "secret 7"`,
      `group add ${group}`,
      `client add ${ldapOnly} ${grants} --allowedproviders ldap`,
      `client add ${staffOnly} ${grants} --required_user_groups ${group}`,
    ]) {
      expect(await shell(`uaac ${line}`)).toMatchObject({ code: 0 });
    }
  }, 60_000);
  afterAll(async () => {
    for (const clientId of [ldapOnly, staffOnly]) await shell(`uaac client delete ${clientId}`);
    await shell(`uaac user delete ${rita}`);
    await shell(`uaac group delete ${group}`);
  }, 60_000);

  describe('with allowedproviders rejects users of other providers', () => {
    test('through tpks, with a hint', async () => {
      const { code, stderr } = await logIn('tpks', ldapOnly);
      expect(code).toBe(4);
      expect(stderr).toMatch(noProvider);
      expect(stderr).toContain(`the client ${ldapOnly} accepts only users of its allowedproviders`);
    });
  });

  describe('with required_user_groups', () => {
    test('rejects users who are not in the group', async () => {
      const { code, stderr } = await logIn('tpks', staffOnly);
      expect(code).toBe(1);
      expect(stderr).toContain("Error: User does not meet the client's required group criteria.");
      expect(stderr).toContain('who are in all of its required_user_groups');
      expect((await logIn('uaac', staffOnly)).stdout).toContain('required group criteria');
    });

    test('accepts users who are in the group', async () => {
      expect(await shell(`uaac member add ${group} ${rita}`)).toMatchObject({ code: 0 });
      expect(await logIn('uaac', staffOnly)).toMatchObject({ code: 0 });
    });
  });
});

describeIfPart('pty', 'uaac client update -i', () => {
  test('prompts again for an invalid value, and keeps the earlier ones', async () => {
    await shell('uaac client add wizard-$RUN -s x --authorized_grant_types client_credentials');
    const words = ['client', 'update', `wizard-${runId}`, '-i'];
    const pty = administrator.atTerminal(words, {}, administrator.link('uaac'));
    const answers = [
      ['name (string)', 'Wizard'],
      ['scope (list)', ''],
      ['authorized grant types (list)', ''],
      ['authorities (list)', ''],
      ['access token validity (seconds)', 'soon'],
      ['access token validity (seconds)', '800'],
    ] as const;
    const remainingLabels = [
      ...['refresh token validity (', 'redirect uri (', 'autoapprove (', 'allowpublic ('],
      ...['allowedproviders (', 'signup redirect url (', 'required user groups ('],
    ];
    try {
      for (const [label, answer] of answers) {
        await pty.waitFor(label);
        pty.type(`${answer}\r`);
      }
      for (const label of remainingLabels) {
        await pty.waitFor(label);
        pty.type('\r');
      }
      expect(await pty.exited).toBe(0);
      expect(pty.screen()).toContain(
        'ArgumentError: invalid value for access_token_validity: soon',
      );
    } finally {
      pty.hangUp();
    }
    const { stdout } = await shell('uaac client get wizard-$RUN --json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'Wizard', access_token_validity: 800 });
    await shell('uaac client delete wizard-$RUN');
  });
});
