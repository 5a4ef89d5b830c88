import type { Exchange } from './exchange.js';
import { compareWithRecordings } from './compare.js';
import { createGroup, encodeFilter, listRequests } from './list-steps.js';
import { adminToken } from './steps.js';

const own = `/Groups?attributes=displayName&filter=${encodeFilter('displayName sw "go-" and displayName co "<run>"')}`;

/** Names that the real server puts into a filter without escaping them. */
const names: readonly string[] = [
  '"',
  'a"',
  '"b',
  'a"b"',
  'a" b',
  'a" and "b',
  'a" pr',
  'a" or displayName eq "go-first<run>',
  'a" or unknown eq "b',
  'a" or (id eq "b',
  'a") or (id eq "b',
  'a" or id eq 1 or id eq "b',
  'a" or id eq x or id eq "b',
  'a" or id eq x1 or id eq "b',
  'a" or id eq #1 or id eq "b',
  'a" or a.b.c eq "b',
  'a" or id ne "b',
  'a" or id EQ "b',
  '\\',
  'a\\b',
  'a\\x',
  'a\\u12',
  'a\\u00fc',
  "a'b",
  '\u00fc',
  '%',
];

compareWithRecordings('groups-odd', [
  adminToken,
  createGroup('go-first'),
  ...names.map((displayName): Exchange => ({
    title: `maps the name ${JSON.stringify(displayName)}`,
    request: 'POST /Groups/External',
    as: 'admin',
    json: { displayName, externalGroup: 'go-external<run>' },
  })),
  ...[
    { displayName: 'go-\u00dcmlaut<run>' },
    { displayName: 'go-\u00fcmlaut<run>' },
    { displayName: 'go-\u{1f600}<run>' },
    { displayName: 'go-first<run> ' },
    { displayName: 'GO-FIRST<run>' },
    { displayName: 'go-a\tb<run>' },
    { displayName: 'go-d<run>', description: '\u4e2d'.repeat(255) },
    { displayName: 'go-e<run>', description: 'x'.repeat(256) },
    { displayName: 'go-f<run>', description: 5 },
    { displayName: 'go-g<run>', members: [[]] },
    { displayName: 'go-h<run>', members: [{ value: '<go-first-id>', type: 'GROUP', x: {} }] },
    { displayName: 'go-i<run>', members: [{ value: '<go-first-id>' }] },
    { displayName: 'go-j<run>', meta: { version: 7, created: '2001-02-03T04:05:06.789Z' } },
    { displayName: 'go-k<run>', zoneId: 'other', id: 'chosen' },
    { displayName: 'go-l<run>', members: { value: '<go-first-id>' } },
  ].map((json): Exchange => ({
    title: `creates the group ${JSON.stringify(json).slice(0, 100)}`,
    request: 'POST /Groups',
    as: 'admin',
    json,
  })),
  ...listRequests([
    ['sorts by a negative column number', `${own}&sortBy=-1`],
    ['sorts by a column number with a plus sign', `${own}&sortBy=%2B1`],
    ['sorts by a column number with a space', `${own}&sortBy=%201&count=1`],
    ['sorts by two column numbers, one too large', `${own}&sortBy=1,8&startIndex=2`],
    ['sorts by a column number that is too large and counts none', `${own}&sortBy=8&count=0`],
    ['sorts by a column number that is too large without rows', `${own}x&sortBy=8`],
    ['requests text', `/Groups/<go-first-id>?format=xml`],
  ]),
  ...[
    'text/html',
    'application/xml',
    'image/png',
    '*/*;q=0.1',
    'application/*;q=0.2, text/html',
  ].map((accept): Exchange => ({
    title: `gets a group as ${accept}`,
    request: 'GET /Groups/<go-first-id>',
    as: 'admin',
    headers: { accept },
  })),
]);
