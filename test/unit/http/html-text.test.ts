import { expect, test } from '@jest/globals';
import { unescapeHtml } from '../../../src/http/html-text.js';

test.each([
  ['&lt;b&gt; &#39;x&#x27; &quot;y&QUOT; &auml;&Auml;', `<b> 'x' "y" äÄ`],
  // Decoded once, because the server escaped it once.
  ['&amp;lt;', '&lt;'],
  ['a & b &; &unknown; &copy=1', 'a & b &; &unknown; &copy=1'],
  // Code points that do not exist.
  ['&#0; &#xd800; &#1114112; &#99999999999999999999;', '\ufffd \ufffd \ufffd \ufffd'],
])('%s becomes %s', (escaped, text) => {
  expect(unescapeHtml(escaped)).toBe(text);
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
  '&%s; is not an entity',
  (name) => {
    expect(unescapeHtml(`&${name};`)).toBe(`&${name};`);
  },
);
