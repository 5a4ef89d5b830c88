import { describe, expect, test } from '@jest/globals';
import { loadPaint, isColorEnabled } from '../../../src/terminal/palette.js';

describe('isColorEnabled', () => {
  const tty = { isTty: true, color: true };
  const pipe = { isTty: false, color: true };
  test.each([
    ['on a terminal', tty, {}, true],
    ['without a terminal', pipe, {}, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, false],
    ['TERM=dumb', tty, { TERM: 'dumb' }, false],
    ['another TERM', tty, { TERM: 'xterm' }, true],
    ['FORCE_COLOR without a terminal', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR=false', tty, { FORCE_COLOR: 'false' }, false],
    ['FORCE_COLOR beats NO_COLOR', pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['FORCE_COLOR beats TERM=dumb', pipe, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    ['--no-color on a terminal', { isTty: true, color: false }, {}, false],
    ['--no-color beats FORCE_COLOR', { isTty: true, color: false }, { FORCE_COLOR: '1' }, false],
  ])('for the case %s (%j, %j) is %j', (_case, conditions, env, expected) => {
    expect(isColorEnabled({ ...conditions, env })).toBe(expected);
  });
});

test('paints each tone differently and does not change the text', async () => {
  const paint = await loadPaint();
  const tones = ['good', 'bad', 'muted', 'strong'] as const;
  const painted = tones.map((tone) => paint('text', tone));
  expect(new Set(painted).size).toBe(tones.length);
  for (const text of painted) expect(text).toMatch(/^\u001b\[\d+mtext\u001b\[\d+m$/);
});
