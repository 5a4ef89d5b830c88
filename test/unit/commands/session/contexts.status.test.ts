import { expect, test } from '@jest/globals';
import { formatStatus } from '../../../../src/commands/session/contexts.js';

const now = new Date('2026-11-25T10:00:00Z');

test.each([
  [true, null, 'logged in', 'good'],
  [false, null, 'logged out', 'bad'],
  [true, '2026-11-25T20:00:00Z', 'expires in 10 h', 'good'],
  [false, '2026-11-25T09:53:00Z', 'expired 7m ago', 'bad'],
])(
  'a context (logged in: %j, until %j) is %j on a terminal',
  (loggedIn, loggedInUntil, text, tone) => {
    expect(formatStatus({ loggedIn, loggedInUntil }, now)).toEqual({ text, tone });
  },
);
