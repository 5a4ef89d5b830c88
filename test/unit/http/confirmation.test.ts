import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { checkConfirmation } from '../../../src/http/confirmation.js';

describe('the confirmation of a write', () => {
  const schema = v.looseObject({ name: v.string(), id: v.nullish(v.string()) });

  test.each([[undefined], [{}], [{ name: 'n', more: 1 }]])('can be %j', (answer) => {
    expect(() => checkConfirmation('The UAA', schema, answer)).not.toThrow();
  });

  test.each<[unknown, RegExp]>([
    [[], /: a list$/],
    [[{ name: 'n' }], /: a list$/],
    [7, /: a number$/],
    ['n', /: a string$/],
    [null, /: null$/],
    [true, /: a boolean$/],
    [{ error: 'locked' }, /name/],
    [{ name: 7 }, /name: /],
    [{ name: 'n', id: 7 }, /id: /],
  ])('is unexpected if it is %j', (answer, reason) => {
    expect(() => checkConfirmation('The UAA', schema, answer)).toThrow(
      expect.objectContaining({ kind: 'unavailable', message: expect.stringMatching(reason) }),
    );
  });
});
