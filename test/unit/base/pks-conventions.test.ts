import { expect, test } from '@jest/globals';
import { hostOf } from '../../../src/base/pks-conventions.js';

test.each([
  ['https://pks.example.com:443', 'pks.example.com:443'],
  ['https://pks.example.com:443/v1/clusters?x=:1', 'pks.example.com:443'],
  ['https://[::1]:443/', '[::1]:443'],
  ['https://pks.example.com:9021/v1', 'pks.example.com:9021'],
  ['https://pks.example.com/a:443/b', 'pks.example.com'],
  ['https://user:443@pks.example.com/', 'pks.example.com'],
  ['https://user@PKS.example.com:443', 'pks.example.com:443'],
])('hostOf %s is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});
