import { describe, expect, test } from '@jest/globals';
import { replaceServer } from '../../../../src/domain/kube/server-address.js';

const original = 'https://dev-1.example.com:8443';

describe('replaceServer', () => {
  test('keeps the address without a replacement', () => {
    expect(replaceServer(original, undefined)).toEqual({ server: original });
  });

  test.each([
    ['10.0.0.1', 'https://10.0.0.1:8443'],
    ['10.0.0.1:443', 'https://10.0.0.1'],
    ['10.0.0.1:9443', 'https://10.0.0.1:9443'],
    ['fd00::1', 'https://[fd00::1]:8443'],
    ['fd00::443', 'https://[fd00::443]:8443'],
    ['[fd00::1]', 'https://[fd00::1]:8443'],
    ['[fd00::1]:9443', 'https://[fd00::1]:9443'],
    ['master-1', 'https://master-1:8443'],
    ['https://10.0.0.1', 'https://10.0.0.1'],
    ['https://proxy.example.com/dev-1', 'https://proxy.example.com/dev-1'],
  ])('replaces the address with %s and keeps the name in the certificate', (typed, server) => {
    expect(replaceServer(original, typed)).toEqual({ server, tlsServerName: 'dev-1.example.com' });
  });

  test('keeps the port 443 of an address with the default port', () => {
    expect(replaceServer('https://dev-1.example.com', '10.0.0.1').server).toBe('https://10.0.0.1');
  });

  test('writes the original IPv6 address without brackets as the name in the certificate', () => {
    expect(replaceServer('https://[fd00::2]:8443', '10.0.0.1').tlsServerName).toBe('fd00::2');
  });

  test('sets no name for the certificate if only the port differs', () => {
    expect(replaceServer(original, 'https://dev-1.example.com:443')).toEqual({
      server: 'https://dev-1.example.com',
      tlsServerName: undefined,
    });
  });

  test.each(['', 'http://10.0.0.1', '10.0.0.1/x', 'https://user:x@host', 'a b', 'https://h?x=1'])(
    'rejects %j',
    (typed) => {
      expect(() => replaceServer(original, typed)).toThrow('Invalid value for --server');
    },
  );
});
