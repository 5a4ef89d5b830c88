import { expect, test } from '@jest/globals';
import { createNameChecks } from '../../../src/uaa/name-checks.js';

const checks = createNameChecks();
const dev = { origin: 'ldap', externalGroup: 'cn=dev,dc=example,dc=com' };

test('good names have nothing against them', () => {
  expect(checks.newClient('ci-reader')).toBeUndefined();
  expect(checks.toMap(dev)).toBeUndefined();
  expect(checks.toUnmap(dev)).toBeUndefined();
});

test('a client that no address could reach', () => {
  expect(checks.newClient('we/b')).toContain('a slash');
});

test('a mapping that could never be taken out, or that is too long', () => {
  expect(checks.toMap({ ...dev, externalGroup: 'cn=a/b' })).toContain('a slash');
  expect(checks.toUnmap({ ...dev, externalGroup: 'cn=a/b' })).toContain('a slash');
  expect(checks.toMap({ ...dev, externalGroup: 'x'.repeat(256) })).toContain('longer than 255');
});
