import { expect, test } from '@jest/globals';
import { findProviderProblems } from '../../../../src/domain/access-review/provider-findings.js';
import { aFindingInput, aLogin, aProvider } from '../../../support/fixtures/review-content.js';

type Provider = Parameters<typeof aProvider>[1];

const findIn = (values: Provider, originKey = 'idp') =>
  findProviderProblems(aFindingInput({ providers: [aProvider(originKey, values)] })).map(
    ({ finding: { id, severity, command } }) => [id, severity, command],
  );
const change = (expression: string, origin = 'idp', id = `id-of-idp`) =>
  `tpks uaa idp get ${origin} -o json | jq '${expression}' | tpks uaa curl ` +
  `'/identity-providers/${id}?rawConfig=true' -X PUT -d @- -H 'Content-Type: application/json'`;

test('inactive providers are reported, but not an LDAP provider that was never set up', () => {
  const inactive = { active: false, config: { skipSslValidation: true } };
  expect(findIn(inactive)).toEqual([
    ['provider-inactive', 'low', 'tpks uaa curl /identity-providers/id-of-idp -X DELETE'],
  ]);
  expect(findIn(inactive, 'ldap')).toEqual([]);
  const content = {
    providers: [aProvider('ldap', { active: false })],
    users: [aLogin('erin', { origin: 'ldap' })],
  };
  expect(findProviderProblems(aFindingInput(content))).toMatchObject([
    { finding: { id: 'provider-inactive', identity: 'ldap' } },
  ]);
});

test('skipped certificate verification is reported', () => {
  expect(findIn({ config: { skipSslValidation: true } })).toEqual([
    ['provider-skips-tls-verification', 'high', change('.config.skipSslValidation = false')],
  ]);
  expect(findIn({ config: { skipSslValidation: false } })).toEqual([]);
});

test('group names as scopes are reported for both kinds of providers', () => {
  expect(findIn({ config: { groupMappingMode: 'AS_SCOPES' } })).toEqual([
    [
      'provider-group-names-as-scopes',
      'high',
      change('.config.groupMappingMode = "EXPLICITLY_MAPPED"'),
    ],
  ]);
  expect(findIn({ config: { ldapGroupFile: 'ldap/ldap-groups-as-scopes.xml' } })).toEqual([
    [
      'provider-group-names-as-scopes',
      'high',
      change('.config.ldapGroupFile = "ldap/ldap-groups-map-to-scopes.xml"'),
    ],
  ]);
});

test.each([
  { issuer: 'https://token.actions.githubusercontent.com' },
  { issuer: 'https://accounts.google.com' },
  { issuer: 'https://login.microsoftonline.com/common/v2.0' },
  { authUrl: 'https://github.com/login/oauth/authorize' },
])('users for an issuer that everybody can use are reported: %j', (config) => {
  const expected = change('.config.addShadowUserOnLogin = false');
  expect(findIn({ config })).toEqual([['provider-public-issuer', 'high', expected]]);
  expect(findIn({ config: { ...config, addShadowUserOnLogin: false } })).toEqual([]);
});

test.each([
  'https://accounts.google.com.example.com',
  'https://login.microsoftonline.com/6fbd2b26-8d3c-4b9a-8a4e-9e1b2f8d7c11/v2.0',
  'https://github.example.com',
])('%s is not a public issuer', (issuer) => {
  expect(findIn({ config: { issuer } })).toEqual([]);
});

test('commands quote names', () => {
  const [[, , command] = []] = findIn({ config: { skipSslValidation: true } }, "it's; rm -rf ~");
  expect(command).toBe(
    change('.config.skipSslValidation = false', "'it'\\''s; rm -rf ~'", "id-of-it'\\''s; rm -rf ~"),
  );
});
