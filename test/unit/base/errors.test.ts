import { expect, test } from '@jest/globals';
import { rewordError, TpksError } from '../../../src/base/errors.js';

const cause = new TpksError('notFound', 'Not there', {
  hint: 'look',
  status: 404,
  oauthError: 'scim_resource_not_found',
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
