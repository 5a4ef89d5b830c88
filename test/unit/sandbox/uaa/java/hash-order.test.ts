import { describe, expect, test } from '@jest/globals';
import {
  sortLikeHashMap,
  toCopiedSetOrder,
  toHashOrder,
} from '../../../../../src/sandbox/uaa/java/hash-order.js';

describe('toHashOrder', () => {
  test('returns each text once, in the order of a Java set', () => {
    const members = ['error', 'message', 'error_description', 'error'];
    expect(toHashOrder(members)).toEqual(['error_description', 'error', 'message']);
  });
});

describe('toCopiedSetOrder', () => {
  test('has more buckets for 12 texts than a set that grows', () => {
    // In ASCII, `0` has the code 48 and is in bucket 0 of 16, but in bucket 16 of 32.
    const texts = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b'];
    expect(toHashOrder(texts).at(0)).toBe('0');
    expect(toCopiedSetOrder(texts).at(0)).toBe('a');
  });
});

describe('sortLikeHashMap', () => {
  test('sorts members like a Java map', () => {
    const sorted = sortLikeHashMap({ error: 1, message: 2, error_description: 3 });
    expect(JSON.stringify(sorted)).toBe('{"error_description":3,"error":1,"message":2}');
  });
});
