import { expect, test } from '@jest/globals';
import { requestsJson } from '../../src/requests-json.js';

test.each([
  'clusters --json',
  '--json clusters',
  'clusters --json=true',
  'clusters -o json',
  'clusters -o=json',
  'clusters -ojson',
  'clusters --output json',
  'clusters --output=json',
  'uaa user -o=json',
  '--nosuch --json',
])('`%s` requests JSON', (line) => {
  expect(requestsJson(line.split(' '))).toBe(true);
});

test.each([
  '',
  'clusters',
  'clusters -o yaml',
  'clusters -ojsonx',
  'clusters --json=false',
  'clusters --jsonx',
  'cluster -- --json',
  'clusters json -o',
])('`%s` does not request JSON', (line) => {
  expect(requestsJson(line.split(' '))).toBe(false);
});
