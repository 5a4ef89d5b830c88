import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forgetSecrets, mask, redact, redactStart, Secret } from '../../../src/base/secret.js';
import { findLeaks } from '../../support/checks/leaks.js';
import { isNightly } from '../../support/runner/nightly.js';

/** Contains characters that each encoding writes differently. */
const specialSecret = `p%2Bq+r s&t=u/ü"<'é!*(~`;

const jwt = [
  Buffer.from('{"alg":"RS256","kid":"key-1"}').toString('base64url'),
  Buffer.from('{"jti":"a7f2","user_name":"cody","scope":["pks.clusters.manage"]}').toString(
    'base64url',
  ),
  Buffer.from('0123456789 a signature of some length 9876543210').toString('base64url'),
].join('.');

describe('a secret', () => {
  const secret = new Secret('hunter2-hunter2');

  test.each([
    ['in a template', `is ${String(secret)}`],
    ['joined to a string', ['is ', secret].join('')],
    ['in JSON', JSON.stringify({ secret })],
    ['in an inspected object', inspect({ secret, list: [secret] }, { depth: 5, showHidden: true })],
    ['when inspected', inspect(secret, { showHidden: true })],
  ])('is masked %s', (_name, text) => {
    expect(text).toContain(mask);
    expect(findLeaks(text, { secret: secret.reveal() })).toEqual([]);
  });

  test('has no property that contains it', () => {
    expect(Object.values(Object.getOwnPropertyDescriptors(secret))).toEqual([]);
  });

  test('returns its value only from reveal', () => {
    expect(secret.reveal()).toBe('hunter2-hunter2');
    expect(new Secret('').isEmpty).toBe(true);
    expect(secret.isEmpty).toBe(false);
  });
});

describe('redact', () => {
  new Secret(specialSecret);
  new Secret(jwt);

  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const base64At = (before: number, secret: string) =>
    Buffer.from(`${'-'.repeat(before)}${secret}--`).toString('base64');

  test.each([
    ['raw', specialSecret],
    ['percent-encoded', encodeURIComponent(specialSecret)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(specialSecret).replace(/%../g, (x) => x.toLowerCase()),
    ],
    ['completely percent-encoded', specialSecret.replace(/[^\w]/g, percent)],
    ['as a form', new URLSearchParams({ password: specialSecret }).toString()],
    ['in JSON', JSON.stringify({ password: specialSecret })],
    ['in JSON within JSON', JSON.stringify(JSON.stringify({ password: specialSecret }))],
    [
      'in JSON with escaped umlauts',
      JSON.stringify(specialSecret).replaceAll('ü', '\\u00fc').replaceAll('é', '\\u00E9'),
    ],
    [
      'in HTML',
      specialSecret
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ],
    [
      'in HTML with numeric entities',
      specialSecret.replace(/[&<"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`),
    ],
    ['base64 at offset 0', base64At(0, specialSecret)],
    ['base64 at offset 1', base64At(1, specialSecret)],
    ['base64 at offset 2', base64At(2, specialSecret)],
    ['base64url', Buffer.from(`id:${specialSecret}`).toString('base64url')],
  ])('redacts a password completely: %s', (_name, form) => {
    const text = redact(`before ${form} after`);
    expect(findLeaks(text, { specialSecret })).toEqual([]);
    expect(text).toMatch(/^before .*•••.* after$/);
  });

  test.each([
    ['raw', `Bearer ${jwt}`],
    ['its payload', `payload=${payload}`],
    ['its signature', `signature=${signature}`],
    ['without its signature', `${header}.${payload}`],
    ['base64 of it', base64At(1, jwt)],
    ['base64 of its payload', base64At(2, payload)],
  ])('redacts a token completely: %s', (_name, form) => {
    expect(findLeaks(redact(`before ${form} after`), { jwt })).toEqual([]);
  });

  test('recognizes an unregistered token by its format', () => {
    const unregistered = jwt.replace(
      payload,
      Buffer.from('{"user_name":"naomi"}').toString('base64url'),
    );
    expect(redact(`got ${unregistered}, sorry`)).toBe(`got ${mask}, sorry`);
  });

  test('redacts overlapping secrets completely', () => {
    new Secret('correct-horse');
    new Secret('correct-horse-battery-staple');
    expect(redact('a correct-horse-battery-staple b correct-horse c')).toBe(
      `a ${mask} b ${mask} c`,
    );
  });

  test('redacts a secret with special characters of regular expressions', () => {
    new Secret('$&.*(x|y)[z]');
    expect(redact('a $&.*(x|y)[z] b')).toBe(`a ${mask} b`);
  });

  test('redacts the decoded form of a secret with percent signs, even in a text that is shorter than the secret', () => {
    new Secret('%70%61%73%73%E2%82%AC%77%6F%72%64');
    expect(redact('is pass€word')).toBe(`is ${mask}`);
  });

  test('does not redact a secret of one or two characters, because it occurs in ordinary words', () => {
    new Secret('ab');
    new Secret('');
    expect(redact('about')).toBe('about');
  });

  describe('for any value', () => {
    const pieces = [
      '%41',
      '%',
      '+',
      ' ',
      '\\n',
      '\\',
      '\n',
      '"',
      '&amp;',
      '&#65;',
      '&',
      '<',
      'ü',
      '漢',
    ];
    const value = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { minLength: 4 })
      .map((parts) => `k7${parts.join('')}Q9`);
    const encoders: Readonly<Record<string, (text: string) => string>> = {
      percent: (text) => encodeURIComponent(text),
      form: (text) => new URLSearchParams({ _: text }).toString().slice(2),
      json: (text) => JSON.stringify(text).slice(1, -1),
      html: (text) =>
        text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&#34;'),
    };
    const encodings = fc.array(fc.constantFrom(...Object.keys(encoders)), { maxLength: 3 });

    test('recognizes up to three nested encodings', () => {
      fc.assert(
        fc.property(value, encodings, (secret, layers) => {
          fc.pre(!/\p{Cs}/u.test(secret));
          forgetSecrets();
          new Secret(secret);
          const form = layers.reduce((text, layer) => encoders[layer]?.(text) ?? text, secret);
          expect(redact(`before ${form} after`)).toBe(`before ${mask} after`);
        }),
        { numRuns: isNightly ? 500 : 100 },
      );
    });

    test('leaves only the base64 digits that also depend on the surrounding bytes', () => {
      fc.assert(
        fc.property(value, fc.constantFrom('base64', 'base64url'), (secret, encoding) => {
          fc.pre(!/\p{Cs}/u.test(secret));
          forgetSecrets();
          new Secret(secret);
          for (const before of ['', 'x', 'xx']) {
            const form = Buffer.from(`${before}${secret}!`).toString(encoding);
            expect(redact(form).replaceAll(mask, '').length).toBeLessThan(12);
          }
        }),
        { numRuns: isNightly ? 200 : 50 },
      );
    });
  });

  test('shows no part of a secret at the start of a long text', () => {
    forgetSecrets();
    new Secret('a-secret-of-some-length');
    for (const before of [0, 10, 90, 100, 1500, 1600, 1700]) {
      const text = `${'a-secret-of-some-length '.repeat(before)}${'.'.repeat(5000)}`;
      const start = redactStart(text, 100);
      expect(start.length).toBeLessThanOrEqual(100);
      expect(start).toMatch(/^[•. ]*$/);
    }
    expect(redactStart('x'.repeat(10_000), 100)).toBe('x'.repeat(100));
  });

  test('does not change ordinary text', () => {
    const text = 'GET https://api.example.com:9021/v1/clusters 200 after 12 ms';
    expect(redact(text)).toBe(text);
  });
});

function percent(sign: string): string {
  return [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
