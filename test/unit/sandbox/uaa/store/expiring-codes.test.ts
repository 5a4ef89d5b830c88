import { describe, expect, test } from '@jest/globals';
import { createExpiringCodeStore } from '../../../../../src/sandbox/uaa/store/expiring-codes.js';

describe('createExpiringCodeStore', () => {
  test('returns a value once', () => {
    const codes = createExpiringCodeStore(() => 1000, 10);
    const code = codes.create({ data: 'text', expiresAt: 2000 });
    expect(code).toMatch(/^[A-Za-z0-9]{10}$/);
    expect(codes.redeem(code)).toEqual({ code, data: 'text', expiresAt: 2000 });
    expect(codes.redeem(code)).toBeUndefined();
  });

  test('does not return a value after it has expired', () => {
    let now = 1000;
    const codes = createExpiringCodeStore(() => now, 10);
    const code = codes.create({ data: 'text', expiresAt: 2000 });
    now = 2001;
    expect(codes.redeem(code)).toBeUndefined();
  });

  test('deletes the codes of an intent', () => {
    const codes = createExpiringCodeStore(() => 1000, 10);
    const reset = codes.create({ data: 'a', expiresAt: 2000, intent: 'RESET' });
    const other = codes.create({ data: 'b', expiresAt: 2000, intent: 'OTHER' });
    codes.deleteByIntent('RESET');
    expect(codes.redeem(reset)).toBeUndefined();
    expect(codes.redeem(other)).toBeDefined();
  });
});
