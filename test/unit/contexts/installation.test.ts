import { describe, expect, test } from '@jest/globals';
import {
  defaultApiOf,
  apiOf,
  parseInstallation,
  normalizeUaaUrl,
} from '../../../src/contexts/installation.js';

const defaultPorts = { api: 'https://api.example.com:9021', uaa: 'https://api.example.com:8443' };

test.each([
  'api.example.com',
  'api.example.com:9021',
  'https://api.example.com',
  'https://api.example.com:9021',
  'https://api.example.com/',
  'HTTPS://API.Example.COM',
  ' api.example.com ',
])('%j resolves to the API on port 9021 and the UAA on port 8443', (input) => {
  expect(parseInstallation(input)).toEqual(defaultPorts);
});

test.each([
  ['https://pks.example.com:443', 'https://pks.example.com:443', 'https://pks.example.com:8443'],
  ['pks.example.com:443', 'https://pks.example.com:443', 'https://pks.example.com:8443'],
  ['10.0.0.1:10000', 'https://10.0.0.1:10000', 'https://10.0.0.1:8443'],
  ['[::1]', 'https://[::1]:9021', 'https://[::1]:8443'],
  ['[::1]:1234', 'https://[::1]:1234', 'https://[::1]:8443'],
  ['localhost:9022', 'https://localhost:9022', 'https://localhost:8443'],
])('%s resolves to the API %s and the UAA %s', (input, api, uaa) => {
  expect(parseInstallation(input)).toEqual({ api, uaa });
});

test.each([
  ['https://uaa.example.com', 'https://uaa.example.com'],
  ['uaa.example.com', 'https://uaa.example.com'],
  ['https://uaa.example.com:443', 'https://uaa.example.com'],
  ['https://UAA.example.com:8443/uaa/', 'https://uaa.example.com:8443/uaa'],
])('the UAA can be on another host or port (%s)', (input, uaa) => {
  expect(parseInstallation('api.example.com', input)).toEqual({ api: defaultPorts.api, uaa });
  expect(normalizeUaaUrl(input)).toBe(uaa);
});

test('the port of the UAA after -a is an error, and the hint has the right commands', () => {
  expect(() => parseInstallation('api.example.com:8443')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message:
        'api.example.com:8443 has port 8443, which is the default port of the UAA, not of the API',
      hint: 'omit the port: tpks login -a api.example.com\nor use only the UAA: tpks uaa target api.example.com:8443',
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
])('%j is not a valid address', (input, why) => {
  const usage = expect.objectContaining({
    kind: 'usage',
    message: expect.stringContaining(why),
    hint: expect.stringContaining('for example: '),
  });
  expect(() => parseInstallation(input)).toThrow(usage);
  expect(() => normalizeUaaUrl(input)).toThrow(usage);
});

test('the error does not repeat credentials in an address', () => {
  expect(() => parseInstallation('https://cody:hunter2@api.example.com')).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test('the address of the API must not have a path', () => {
  expect(() => parseInstallation('https://api.example.com/v1')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      hint: 'omit the path: tpks login -a api.example.com',
    }),
  );
});

describe('the default API of a UAA', () => {
  test.each([
    ['https://api.example.com:8443', 'https://api.example.com:9021'],
    ['https://api.example.com:8443/uaa', 'https://api.example.com:9021'],
    ['https://uaa.example.com', undefined],
    ['https://uaa.example.com:9000', undefined],
  ])('for %s is %s', (uaa, api) => {
    expect(defaultApiOf(uaa)).toBe(api);
  });
});

test('the API of a context without one is port 9021 on the host of its UAA', () => {
  const { uaa, api } = defaultPorts;
  expect(apiOf({ uaa })).toBe(api);
  expect(apiOf({ uaa, api: 'https://other:1' })).toBe('https://other:1');
  expect(apiOf({ uaa: 'https://uaa.example.com/uaa' })).toBe('https://uaa.example.com:9021');
});
