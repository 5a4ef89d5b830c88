import { describe, expect, test } from '@jest/globals';
import { findClientProblems } from '../../../../src/domain/access-review/client-findings.js';
import { aFindingInput, aReviewedClient } from '../../../support/fixtures/review-content.js';

type Attributes = Parameters<typeof aReviewedClient>[1];

const findIn = (attributes: Attributes, name = 'app', emptySecrets?: ReadonlySet<string>) =>
  findClientProblems(
    aFindingInput({ clients: [aReviewedClient(name, attributes)] }, { emptySecrets }),
  ).map(({ finding }) => finding);
const summarize = (attributes: Attributes, name?: string, emptySecrets?: ReadonlySet<string>) =>
  findIn(attributes, name, emptySecrets).map(({ id, severity, command }) => [
    id,
    severity,
    command,
  ]);

const browser = {
  authorized_grant_types: ['authorization_code'],
  redirect_uri: ['https://app.example.com/callback'],
};
const update = 'tpks uaa client update app';

describe('authorities of administrators', () => {
  test('are reported with the command that removes them', () => {
    const authorities = ['uaa.resource', 'clients.admin', 'scim.read', 'scim.write', 'uaa.admin'];
    expect(findIn({ authorities })).toEqual([
      {
        id: 'client-admin-authority',
        severity: 'high',
        identity: 'app',
        reason:
          'Anyone who has its secret or key can control the whole UAA, because it has clients.admin, scim.write, uaa.admin',
        command: `${update} --authorities scim.read,uaa.resource`,
      },
    ]);
  });

  test('are accepted if the client cannot get its own tokens, and other authorities always', () => {
    expect(findIn({ ...browser, authorities: ['uaa.admin'] })).toEqual([]);
    expect(findIn({ authorities: ['clients.read', 'uaa.resource'] })).toEqual([]);
  });
});

test('password and implicit grants are reported, except for PKS clients', () => {
  const attributes = {
    authorized_grant_types: ['password', 'implicit', 'client_credentials'],
    redirect_uri: browser.redirect_uri,
  };
  const command = `${update} --authorized_grant_types authorization_code,client_credentials`;
  expect(summarize(attributes)).toEqual([
    ['client-password-grant', 'medium', command],
    ['client-implicit-grant', 'medium', command],
  ]);
  for (const name of ['pks_cli', 'pks_cluster_client']) {
    expect(summarize(attributes, name).map(([id]) => id)).toEqual(['client-implicit-grant']);
  }
});

test('the command sets a safe value instead of an empty list', () => {
  expect(summarize({ authorities: ['uaa.admin'] })).toEqual([
    ['client-admin-authority', 'high', `${update} --authorities uaa.none`],
  ]);
  expect(summarize({ ...browser, redirect_uri: ['https://*.example.com'] })).toEqual([
    ['client-redirect-uri', 'high', `${update} --redirect_uri https://HOST/PATH`],
  ]);
});

describe('redirect URIs', () => {
  test.each([
    ['https://*.example.com', ''],
    ['*', ''],
    ['http://app.example.com', 'https://app.example.com,'],
    ['HTTP://app.example.com', 'https://app.example.com,'],
    ['http://localhost.example.com', 'https://localhost.example.com,'],
    ['http://127.0.0.1.example.com', 'https://127.0.0.1.example.com,'],
    ['http://a@example.com', 'https://a@example.com,'],
  ])('%s is reported', (uri, safer) => {
    expect(findIn({ ...browser, redirect_uri: [uri, 'https://ok.example.com'] })).toMatchObject([
      {
        id: 'client-redirect-uri',
        severity: 'high',
        reason: expect.stringContaining(uri),
        command: `${update} --redirect_uri ${safer}https://ok.example.com`,
      },
    ]);
  });

  test.each([
    ...['https://app.example.com/callback', 'http://localhost:8080/callback', 'http://localhost'],
    ...['http://127.0.0.1:9999', 'http://[::1]:8080/', 'com.example.app:/callback'],
  ])('%s is accepted', (uri) => {
    expect(findIn({ ...browser, redirect_uri: [uri] })).toEqual([]);
  });
});

describe('automatic approval', () => {
  const scope = ['openid', 'clients.write', 'pks.clusters.admin'];

  test.each([true, ['true']])('is reported for all scopes: %j', (autoapprove) => {
    expect(findIn({ ...browser, scope, autoapprove })).toMatchObject([
      {
        id: 'client-autoapprove',
        severity: 'medium',
        reason:
          'Users are not asked for approval before it gets the scopes clients.write, pks.clusters.admin',
        command: `${update} --autoapprove false`,
      },
    ]);
  });

  test('is accepted for a list of scopes, or without strong scopes', () => {
    expect(findIn({ ...browser, scope, autoapprove: ['openid'] })).toEqual([]);
    expect(findIn({ ...browser, scope: ['openid'], autoapprove: true })).toEqual([]);
  });
});

describe('token lifetimes', () => {
  const twelveHours = 12 * 3600;
  const thirtyDays = 30 * 24 * 3600;
  const grants = { ...browser, authorized_grant_types: ['authorization_code', 'refresh_token'] };

  test('are reported one second above the limits', () => {
    const access = { access_token_validity: twelveHours + 1 };
    expect(summarize(access)).toEqual([
      ['client-long-access-token', 'medium', `${update} --access_token_validity 3600`],
    ]);
    const refresh = { refresh_token_validity: thirtyDays + 1 };
    expect(summarize({ ...grants, ...refresh })).toEqual([
      ['client-long-refresh-token', 'medium', `${update} --refresh_token_validity 2592000`],
    ]);
    expect(summarize(refresh)).toEqual([]);
  });
});

test('jwt-bearer without a list of providers is reported', () => {
  const jwtBearer = {
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
  };
  expect(summarize(jwtBearer)).toEqual([
    ['client-any-provider', 'high', `${update} --allowedproviders uaa`],
  ]);
  expect(summarize({ ...jwtBearer, allowedproviders: ['github'] })).toEqual([]);
});

test('empty secrets are reported if they were checked, except for PKS clients', () => {
  const empty = new Set(['app', 'pks_cli']);
  const command = 'tpks uaa secret set app';
  expect(summarize({}, 'app', empty)).toEqual([['client-empty-secret', 'high', command]]);
  expect(summarize(browser, 'app', empty)).toEqual([['client-empty-secret', 'low', command]]);
  expect(summarize(browser, 'pks_cli', empty)).toEqual([]);
  expect(summarize({}, 'other', empty)).toEqual([]);
  expect(summarize({})).toEqual([]);
});

test('commands quote names and values', () => {
  const uris = ['http://*.example.com', 'https://b.example.com/?a=1&b=$(id)'];
  expect(summarize({ ...browser, redirect_uri: uris }, "it's; rm -rf ~")).toEqual([
    [
      'client-redirect-uri',
      'high',
      "tpks uaa client update 'it'\\''s; rm -rf ~' --redirect_uri 'https://b.example.com/?a=1&b=$(id)'",
    ],
  ]);
});
