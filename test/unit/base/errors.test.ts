import { expect, test } from '@jest/globals';
import { combineFailures, rewordError, TpksError } from '../../../src/base/errors.js';

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

test('combineFailures keeps the unknown name of a single failure', () => {
  const unknownName = { kind: 'clusters', name: 'sho' } as const;
  const error = new TpksError('notFound', 'Cluster sho not found', { unknownName });
  const sho = { name: 'sho', error };
  const texts = { summary: 'Cannot get credentials', hint: '' };
  expect(combineFailures(sho, [sho], texts)).toMatchObject({ kind: 'notFound', unknownName });
  const web = { name: 'web', error };
  expect(combineFailures(sho, [sho, web], texts).unknownName).toBeUndefined();
});
