import { expect, test } from '@jest/globals';
import { rewordError, TpksError } from '../../src/errors.js';

const cause = new TpksError('notFound', 'Not there', {
  hint: 'look',
  status: 404,
  oauthError: 'scim_resource_not_found',
});

test('rewordError keeps whether the error was repeated, unless that is changed', () => {
  const repeated = rewordError(cause, { isRepeated: true });
  expect(cause.isRepeated).toBe(false);
  expect(rewordError(repeated, { hint: 'look there' }).isRepeated).toBe(true);
});

test('rewordError keeps the status and the OAuth code', () => {
  const details = { status: 404, oauthError: 'scim_resource_not_found', cause };
  expect(rewordError(cause, { hint: 'look there' })).toMatchObject({
    ...{ kind: 'notFound', message: 'Not there', hint: 'look there' },
    ...details,
  });
  expect(rewordError(cause, { kind: 'failed', message: 'Gone' })).toMatchObject({
    ...{ kind: 'failed', message: 'Gone', hint: 'look' },
    ...details,
  });
});
