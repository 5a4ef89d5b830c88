import { describe, expect, test } from '@jest/globals';
import { isProxyBypassed } from '../../../src/http/no-proxy.js';

describe('isProxyBypassed', () => {
  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1'])(
    'is true for this machine (%s)',
    (host) => {
      expect(isProxyBypassed(host, 9021, '')).toBe(true);
    },
  );

  test.each([
    ['pks.example.com', '*'],
    ['pks.example.com', 'pks.example.com'],
    ['pks.example.com', 'PKS.Example.com'],
    ['pks.example.com', 'example.com'],
    ['pks.example.com', '.example.com'],
    ['pks.example.com', '*.example.com'],
    ['pks.example.com', 'other.org, example.com'],
    ['pks.example.com', 'other.org example.com'],
    ['pks.example.com', 'pks.example.com:9021'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3:9021'],
    ['fd00::5', 'fd00::5'],
    ['fd00::5', 'FD00:0:0::5'],
    ['fd00::5', 'fd00::/8'],
    ['fd00::5', '[fd00::5]'],
    ['fd00::5', '[fd00::5]:9021'],
  ])('is true for %s if NO_PROXY is %j', (host, list) => {
    expect(isProxyBypassed(host, 9021, list)).toBe(true);
  });

  test.each([
    ['pks.example.com', ''],
    ['pks.example.com', ' , '],
    ['pks.example.com', '.'],
    ['pks.example.com', 'ample.com'],
    ['example.com', '.example.com'],
    ['example.com', '*.example.com'],
    ['pks.example.com', 'pks.example.com:443'],
    ['pks.example.com', 'com.example.pks'],
    ['notlocalhost', ''],
    ['10.1.2.3', '10.1.2.4'],
    ['10.1.2.3', '10.0.0.0/33'],
    ['10.1.2.3', '10.0.0.0/x'],
    ['10.1.2.3', '11.0.0.0/8'],
    ['10.1.2.3', '2.3'],
    ['10.1.2.3', '::/0'],
    ['fd00::5', 'fd00::6'],
    ['fd00::5', '[fd00::5]:443'],
  ])('is false for %s if NO_PROXY is %j', (host, list) => {
    expect(isProxyBypassed(host, 9021, list)).toBe(false);
  });
});
