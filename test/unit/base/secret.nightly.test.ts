import { describe, expect, test } from '@jest/globals';
import { forgetSecrets, mask, redact, Secret } from '../../../src/base/secret.js';

// Quadratic time would exceed the time limit of the test many times over.
describe('redact takes linear time', () => {
  const values: [name: string, value: string, surroundingText: string][] = [
    ['a long value', 'ab/cd+ef%20 '.repeat(10_000), 'ab/cd+ef%20 '.repeat(9_999)],
    ['a value with many backslashes', `"${'\\'.repeat(120_000)}`, '\\'.repeat(240_000)],
    ['a repetitive value', `b${'a'.repeat(120_000)}`, 'a'.repeat(240_000)],
    ['a short value with many backslashes', '\\'.repeat(60), `${'\\'.repeat(59)}x`.repeat(4000)],
  ];

  test.each(values)('to redact %s, raw and encoded', (_name, value, surroundingText) => {
    forgetSecrets();
    new Secret(value);
    const forms = [
      value,
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
      Buffer.from(value).toString('base64url'),
    ];
    for (const form of forms) {
      const text = redact(`${surroundingText} before ${form} after`);
      // In base64, the digits at both ends depend on the text around the value.
      expect(text.length).toBeLessThan(surroundingText.length + 30);
      expect(text.endsWith(' after')).toBe(true);
      expect(text).toContain(mask);
    }
  });
});
