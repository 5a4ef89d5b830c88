import { expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { explainNewerFlags } from '../../../../src/commands/clusters/cluster-command.js';

const badRequest = new TpksError('failed', 'Unrecognized field "node_pool_instances"', {
  status: 400,
});

test('an error of an old server gets a hint with the release that each flag requires', async () => {
  const flags = { nodePoolInstances: 'a:1', configFile: 'c.json', tags: 'a:b' };
  await expect(explainNewerFlags(flags, Promise.reject(badRequest))).rejects.toMatchObject({
    kind: 'failed',
    status: 400,
    message: 'Unrecognized field "node_pool_instances"',
    hint:
      'the server may be too old: --node-pool-instances requires TKGI 1.9, ' +
      '--config-file requires TKGI 1.10',
  });
});

test.each([
  ['no newer flag was used', { tags: 'a:b', computeProfile: undefined }, badRequest],
  [
    'permission is missing',
    { computeProfile: 'a' },
    new TpksError('forbidden', 'no', { status: 403 }),
  ],
  ['there was no response', { computeProfile: 'a' }, new TpksError('unavailable', 'no')],
  ['the error is a bug', { computeProfile: 'a' }, new TypeError('x')],
])('the error is not changed if %s', async (_reason, flags, error) => {
  await expect(explainNewerFlags(flags, Promise.reject(error))).rejects.toBe(error);
});

test('a successful response is returned unchanged', async () => {
  expect(await explainNewerFlags({ computeProfile: 'a' }, Promise.resolve(7))).toBe(7);
});
