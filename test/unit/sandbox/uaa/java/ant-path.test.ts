import { describe, expect, test } from '@jest/globals';
import { matchesAntPath } from '../../../../../src/sandbox/uaa/java/ant-path.js';

describe('matchesAntPath', () => {
  test.each([
    ['/Users/*', '/Users/1', true],
    ['/Users/*', '/Users/', true],
    ['/Users/*', '/Users', false],
    ['/Users/*', '/Users/1/', false],
    ['/Users/*', '/Users//1', true],
    ['/Users/*/password', '/Users/1/password', true],
    ['/User*/*/password', '/Users/1/password', true],
    ['/Users/**', '/Users', true],
    ['/Users/**', '/Users/1/', true],
    ['/Users', '/Users/', false],
    ['/**', '/', true],
    ['/oauth/clients/**/meta', '/oauth/clients/meta', true],
    ['/oauth/clients/**/meta', '/oauth/clients/a/b/meta', true],
    ['/oauth/clients/**/meta', '/oauth/clients/a/metadata', false],
    ['https://app.example.com/**', 'https://app.example.com/a/b', true],
    ['https://app.example.com/**', 'https://app.example.com', true],
    ['https://app.example.com/*', 'https://app.example.com/a', true],
    ['https://app.example.com/*', 'https://app.example.com/a/b', false],
    ['https://app.example.com/a?', 'https://app.example.com/ab', true],
    ['https://app.example.com/', 'https://other.example.com/', false],
    ['https://app.example.com/', 'https://app_example.com/', false],
  ])('compares %s with %s', (pattern, path, isMatch) => {
    expect(matchesAntPath(pattern, path)).toBe(isMatch);
  });
});
