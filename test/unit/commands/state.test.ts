import { expect, test } from '@jest/globals';
import { formatState } from '../../../src/commands/state.js';

test.each([
  ['succeeded', 'good'],
  ['done', 'good'],
  ['failed', 'bad'],
  ['canceled', 'bad'],
  ['in progress', 'busy'],
  ['queued', 'queued'],
  ['not started', 'queued'],
])('formatState prints %s with the tone %s', (state, tone) => {
  expect(formatState(state)).toEqual({ text: state, tone });
});

test.each([undefined, null, '', 'constructor', 'new state'])(
  'formatState has no tone for %j',
  (state) => {
    expect(formatState(state)).toBe(state ?? '');
  },
);
