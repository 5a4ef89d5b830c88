import { describe, expect, test } from '@jest/globals';
import {
  defaultApiOf,
  apiOf,
  parseInstallation,
  normalizeUaaUrl,
} from '../../../src/contexts/installation.js';

const usual = { api: 'https://api.example.com:9021', uaa: 'https://api.example.com:8443' };

test.each([
  'api.example.com',
  'api.example.com:9021',
  'https://api.example.com',
  'https://api.example.com:9021',
  'https://api.example.com/',
  'HTTPS://API.Example.COM',
  ' api.example.com ',
])('%j is the API on 9021 and its UAA on 8443', (typed) => {
  expect(parseInstallation(typed)).toEqual(usual);
});

test.each([
  ['https://pks.example.com:443', 'https://pks.example.com:443', 'https://pks.example.com:8443'],
  ['pks.example.com:443', 'https://pks.example.com:443', 'https://pks.example.com:8443'],
  ['10.0.0.1:10000', 'https://10.0.0.1:10000', 'https://10.0.0.1:8443'],
  ['[::1]', 'https://[::1]:9021', 'https://[::1]:8443'],
  ['[::1]:1234', 'https://[::1]:1234', 'https://[::1]:8443'],
  ['localhost:9022', 'https://localhost:9022', 'https://localhost:8443'],
])('%s keeps its own port', (typed, api, uaa) => {
  expect(parseInstallation(typed)).toEqual({ api, uaa });
});

test.each([
  ['https://uaa.example.com', 'https://uaa.example.com'],
  ['uaa.example.com', 'https://uaa.example.com'],
  ['https://uaa.example.com:443', 'https://uaa.example.com'],
  ['https://UAA.example.com:8443/uaa/', 'https://uaa.example.com:8443/uaa'],
])('a UAA elsewhere (%s) is kept', (typed, uaa) => {
  expect(parseInstallation('api.example.com', typed)).toEqual({ api: usual.api, uaa });
  expect(normalizeUaaUrl(typed)).toBe(uaa);
});

test('the UAA’s port after -a is refused, with the right commands', () => {
  expect(() => parseInstallation('api.example.com:8443')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: 'api.example.com:8443 has port 8443, which is the port of the UAA, not of the API',
      hint: 'tpks login -a api.example.com, or only for the UAA: tpks uaa target api.example.com:8443',
    }),
  );
});

test.each([
  ['', 'it is empty'],
  ['   ', 'it is empty'],
  ['http://api.example.com', 'only https is supported'],
  ['ftp://api.example.com', 'only https is supported'],
  ['https://cody:pw@api.example.com', 'it must not contain credentials'],
  ['https://api.example.com?x=1', 'it has a query'],
  ['https://api.example.com#x', 'it has a query'],
  ['https://', 'it is not a host name or a URL'],
  ['api example', 'it is not a host name or a URL'],
  ['api:99999', 'it is not a host name or a URL'],
])('%j is no address', (typed, why) => {
  const usage = expect.objectContaining({
    kind: 'usage',
    message: expect.stringContaining(why),
    hint: expect.stringContaining('write it as in'),
  });
  expect(() => parseInstallation(typed)).toThrow(usage);
  expect(() => normalizeUaaUrl(typed)).toThrow(usage);
});

test('credentials in an address are not repeated in the error', () => {
  expect(() => parseInstallation('https://cody:hunter2@api.example.com')).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test('the API has no path', () => {
  expect(() => parseInstallation('https://api.example.com/v1')).toThrow(
    expect.objectContaining({ kind: 'usage', hint: 'tpks login -a api.example.com' }),
  );
});

describe('the API beside a UAA', () => {
  test.each([
    ['https://api.example.com:8443', 'https://api.example.com:9021'],
    ['https://api.example.com:8443/uaa', 'https://api.example.com:9021'],
    ['https://uaa.example.com', undefined],
    ['https://uaa.example.com:9000', undefined],
  ])('%s', (uaa, api) => {
    expect(defaultApiOf(uaa)).toBe(api);
  });

  test('stands in for one that a context does not know', () => {
    const name = 'admin@api.example.com';
    expect(apiOf({ name, uaa: usual.uaa })).toBe(usual.api);
    expect(apiOf({ name, uaa: usual.uaa, api: 'https://other:1' })).toBe('https://other:1');
    expect(() => apiOf({ name, uaa: 'https://uaa.example.com' })).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(name) }),
    );
  });
});
