import { expect, test } from '@jest/globals';
import { createUser } from '../../../support/program/cli.js';
import { fakeSend, probeResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { loginCommand } from '../../../support/program/headless.js';

test('contexts shows when a session that cannot be renewed expires', async () => {
  const user = createUser();
  const clock = fixedClock();
  const { send } = fakeSend({ body: { ...tokenBody, refresh_token: undefined } }, probeResponse);
  await user.tpks(loginCommand, { send, clock });
  const end = '2026-11-25T10:10:00Z';
  const read = async () => ({
    text: (await user.tpks(['contexts'], { clock })).stdout,
    json: JSON.parse((await user.tpks(['contexts', '--json'], { clock })).stdout) as unknown,
  });
  expect(await read()).toEqual({
    text: expect.stringMatching(/ until \d\d:10\n$/),
    json: [expect.objectContaining({ loggedIn: true, loggedInUntil: end })],
  });
  clock.pass(600 + 7 * 60);
  expect(await read()).toEqual({
    text: expect.stringMatching(/ expired 7 min ago\n$/),
    json: [expect.objectContaining({ loggedIn: false, loggedInUntil: end })],
  });
});
