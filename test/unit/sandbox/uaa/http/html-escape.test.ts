import { expect, test } from '@jest/globals';
import { escapeHtml } from '../../../../../src/sandbox/uaa/http/html-escape.js';

test.each([
  [`<a href="x">it's</a> & more`, '&lt;a href=&quot;x&quot;&gt;it&#39;s&lt;/a&gt; &amp; more'],
  ['Grüße, José ÿ ½ÿ', 'Gr&uuml;&szlig;e, Jos&eacute; &yuml; &frac12;&yuml;'],
  ['α\u2013ω € \u2026 \u201ex\u201c', '&alpha;&ndash;&omega; &euro; &hellip; &bdquo;x&ldquo;'],
  ['ΡΣ ςσ', '&Rho;&Sigma; &sigmaf;&sigma;'],
  ['plain = text + 日本 😀 ж', 'plain = text + 日本 😀 ж'],
])('escapes %j', (text, escaped) => {
  expect(escapeHtml(text)).toBe(escaped);
});
