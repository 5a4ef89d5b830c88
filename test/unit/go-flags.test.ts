import { expect, test } from '@jest/globals';
import { normalizeGoFlags } from '../../src/commander-words.js';

test.each([
  ['clusters --json=true', 'clusters --json'],
  ['delete-cluster c1 --wait=1 --non-interactive=T', 'delete-cluster c1 --wait --non-interactive'],
  ['cluster c1 --details=false --json=0', 'cluster c1'],
  ['login -k=true -a=api.example.com', 'login -k -a api.example.com'],
  ['resize c1 -n=3', 'resize c1 -n 3'],
  ['upgrade-clusters -c=a,b=c', 'upgrade-clusters -c a,b=c'],
])('converts "%s" to "%s"', (typed, expected) => {
  expect(normalizeGoFlags(typed.split(' '))).toEqual(expected.split(' '));
});

test.each([
  ['clusters --json --filter status=failed'],
  ['cluster c1 --json=maybe'],
  ['clusters --output=true'],
  ['create-cluster c1 --tags=a:b'],
  ['curl /v1/clusters -d=1'],
  ['uaa user add cody -p=secret'],
  ['cluster -- --json=true'],
])('does not change "%s"', (typed) => {
  expect(normalizeGoFlags(typed.split(' '))).toEqual(typed.split(' '));
});
