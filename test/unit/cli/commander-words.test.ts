import { expect, test } from '@jest/globals';
import {
  findRequestedFormat,
  normalizeGoFlags,
  toCommanderWords,
} from '../../../src/cli/commander-words.js';

const rewrite = (typed: string) => toCommanderWords(typed.split(' '), { contents: [] });

test.each([
  ['-o json plans', 'plans -o json'],
  ['-o=json plans', 'plans -o json'],
  ['-o xml plans', 'plans -o xml'],
  ['--json --output=xml plans', '--json plans --output xml'],
  ['--context ci -o xml plans', '--context ci plans -o xml'],
  ['uaa --output xml users', 'uaa users --output xml'],
  ['--output=json=x plans', 'plans --output json=x'],
  // This -o has another meaning, but its place does not matter.
  ['uaa password change erin -o xml --yes', 'uaa password change erin --yes -o xml'],
  ['-o json -- plans', '-o json -- plans'],
])('toCommanderWords rewrites "%s" so that the command receives the format', (typed, expected) => {
  expect(rewrite(typed).join(' ')).toBe(expected);
});

test.each(['login -p -o -u erin', 'plans -o', '-o'])(
  'toCommanderWords leaves "%s" unchanged',
  (typed) => {
    expect(rewrite(typed).join(' ')).toBe(typed);
  },
);

test.each([
  ['uaa help', 'uaa --help'],
  ['uaa help user add', 'uaa user add --help'],
])('toCommanderWords rewrites "%s" to "%s"', (typed, expected) => {
  expect(rewrite(typed).join(' ')).toBe(expected);
});

test.each(['help ci -o yaml', 'help ci --output=json --json', 'help topics -o yaml'])(
  'toCommanderWords shows a page of help for "%s"',
  (typed) => {
    const help = { name: 'help', summary: '', load: () => Promise.reject(new Error('not loaded')) };
    const words = toCommanderWords(typed.split(' '), { contents: [help] });
    expect(words.slice(0, 2)).toEqual(typed.split(' ').slice(0, 2));
  },
);

test.each([
  ['clusters --json=true', 'clusters --json'],
  ['delete-cluster c1 --wait=1 --non-interactive=T', 'delete-cluster c1 --wait --non-interactive'],
  ['cluster c1 --details=false --json=0', 'cluster c1'],
  ['login -k=true -a=api.example.com', 'login -k -a api.example.com'],
  ['resize c1 -n=3', 'resize c1 -n 3'],
  ['upgrade-clusters -c=a,b=c', 'upgrade-clusters -c a,b=c'],
])('normalizeGoFlags converts "%s" to "%s"', (typed, expected) => {
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
])('normalizeGoFlags does not change "%s"', (typed) => {
  expect(normalizeGoFlags(typed.split(' '))).toEqual(typed.split(' '));
});

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
