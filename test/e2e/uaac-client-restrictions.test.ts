import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import type { TpksResult } from '../support/program/headless.js';
import { startUaaUnderTest, type UaaUnderTest } from '../support/servers/uaa-under-test.js';

/**
 * Logins through clients that accept only some users. The tests use the sandbox's UAA, or a real one
 * if its address is set.
 */

const administrator = createUser();
const operator = createUser();
const runId = Math.random().toString(36).slice(2, 10);
const [user, group] = [`rita-${runId}`, `staff-${runId}`];
const [ldapOnly, staffOnly] = [`ldap-only-${runId}`, `staff-only-${runId}`];
let server: UaaUnderTest;

const env = { TPKS_STORE: 'file' };
const uaac = (...words: string[]): Promise<TpksResult> =>
  administrator.tpks(words, { programName: 'uaac', env });
const logIn = (programName: string, clientId: string): Promise<TpksResult> => {
  const words = ['token', 'owner', 'get', clientId, user, '-s', 'x', '-p', 'secret 7'];
  return operator.tpks(programName === 'tpks' ? ['uaa', ...words] : words, { programName, env });
};

const grants = ['-s', 'x', '--authorized_grant_types', 'password', '--scope', 'openid'];

beforeAll(async () => {
  server = await startUaaUnderTest();
  await operator.tpks(['uaa', 'target', server.uaa, '--ca-cert', server.caCert]);
  for (const words of [
    ['target', server.uaa, '--ca-cert', server.caCert],
    ['token', 'client', 'get', 'admin', '-s', 'adminsecret'],
    ['user', 'add', user, '--emails', 'rita@example.com', '-p', 'secret 7'],
    ['group', 'add', group],
    ['client', 'add', ldapOnly, ...grants, '--allowedproviders', 'ldap'],
    ['client', 'add', staffOnly, ...grants, '--required_user_groups', group],
  ]) {
    expect(await uaac(...words)).toMatchObject({ code: 0 });
  }
}, 60_000);

afterAll(() => server.close());

/** UAA 4.30: no identity provider of the client supports passwords. UAA 77: not the one of the user. */
const noProvider = /client is not authorized for (any|specified)/i;

describe('a client', () => {
  // Not at the top level, because the home directory is deleted there first.
  afterAll(async () => {
    for (const clientId of [ldapOnly, staffOnly]) await uaac('client', 'delete', clientId);
    await uaac('user', 'delete', user);
    await uaac('group', 'delete', group);
  }, 60_000);

  describe('with allowedproviders rejects users of other providers', () => {
    test('through uaac, with the error of the UAA', async () => {
      const { code, stdout } = await logIn('uaac', ldapOnly);
      expect([code, stdout]).toEqual([1, expect.stringMatching(noProvider)]);
    });

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
      expect(await uaac('member', 'add', group, user)).toMatchObject({ code: 0 });
      expect(await logIn('uaac', staffOnly)).toMatchObject({ code: 0 });
    });
  });
});
