import { expect, test } from '@jest/globals';
import { explainNewerFlags } from '../../../../src/commands/clusters/newer-flags.js';
import { TpksError } from '../../../../src/errors.js';

const refused = new TpksError('failed', 'Unrecognized field "node_pool_instances"', {
  status: 400,
});

test('an old server’s words come with the release that brought the flag', async () => {
  const flags = { nodePoolInstances: 'a:1', configFile: 'c.json', tags: 'a:b' };
  await expect(explainNewerFlags(flags, Promise.reject(refused))).rejects.toMatchObject({
    kind: 'failed',
    status: 400,
    message: 'Unrecognized field "node_pool_instances"',
    hint:
      'the server may be too old: --node-pool-instances requires TKGI 1.9, ' +
      '--config-file requires TKGI 1.10',
  });
});

test.each([
  ['no newer flag was used', { tags: 'a:b', computeProfile: undefined }, refused],
  [
    'it is a matter of rights',
    { computeProfile: 'a' },
    new TpksError('forbidden', 'no', { status: 403 }),
  ],
  ['there was no answer', { computeProfile: 'a' }, new TpksError('unavailable', 'no')],
  ['it is a bug', { computeProfile: 'a' }, new TypeError('x')],
])('nothing is added when %s', async (_why, flags, error) => {
  await expect(explainNewerFlags(flags, Promise.reject(error))).rejects.toBe(error);
});

test('an answer goes through', async () => {
  expect(await explainNewerFlags({ computeProfile: 'a' }, Promise.resolve(7))).toBe(7);
});
