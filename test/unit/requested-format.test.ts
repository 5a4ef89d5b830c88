import { expect, test } from '@jest/globals';
import { findRequestedFormat } from '../../src/commander-words.js';

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
  expect(findRequestedFormat(line.split(' '))).toBe('json');
});

test.each([
  '',
  'clusters',
  'clusters -ojsonx',
  'clusters --json=false',
  'clusters --jsonx',
  'cluster -- --json',
  'clusters json -o',
])('`%s` requests text', (line) => {
  expect(findRequestedFormat(line.split(' '))).toBeUndefined();
});

test.each(['clusters -o yaml', 'clusters -o=yaml', 'clusters -oyaml', 'clusters --output=yaml'])(
  '`%s` requests YAML',
  (line) => {
    expect(findRequestedFormat(line.split(' '))).toBe('yaml');
  },
);
